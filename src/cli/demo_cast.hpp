// Who plays in the demo. Each has a client and a connector of its own, as if in a program of its own.
#ifndef COTERIE_SRC_CLI_DEMO_CAST_HPP
#define COTERIE_SRC_CLI_DEMO_CAST_HPP

#include "settings.hpp"

#include <coterie/client.hpp>
#include <coterie/group_connector.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace coterie::cli {

struct player
{
    player(asio::any_io_executor executor, std::string member, settings const& s)
        : client{executor, s.url}
        , group{client, config(member, s)}
    {
    }

    static group_config config(std::string const& member, settings const& s)
    {
        auto result = s.group_settings();
        result.member = member;
        return result;
    }

    coterie::client client;
    coterie::group_connector group;
};

// Carol, who will crash: a process of its own on a real server, and in memory a thread of its own.
class victim
{
public:
    static constexpr char const* name = "carol";
    static constexpr char const* lock_name = "printer";
    static constexpr char const* data_path = "carol/status";
    static constexpr char const* data = "printing page 7";

    virtual ~victim() = default;

    virtual std::string home() const = 0;   // "process 4711"
    virtual std::string death() const = 0;  // how it crashes

    // Joins, puts its data, takes the lock. The lock's fence.
    virtual asio::awaitable<std::uint64_t> start() = 0;

    // From one moment to the next it does nothing more: it gives nothing back and says nothing to anybody.
    virtual asio::awaitable<void> crash() = 0;
};

std::unique_ptr<victim> make_victim(asio::any_io_executor, settings const&);

// What it does wherever it lives.
asio::awaitable<lock> live_as_victim(group_connector&);

}  // namespace coterie::cli

#endif
