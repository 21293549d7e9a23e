// What a memory_store does; lives on while handlers that know it are under way.
#ifndef COTERIE_SRC_STORE_MEMORY_MEMORY_CLIENT_HPP
#define COTERIE_SRC_STORE_MEMORY_MEMORY_CLIENT_HPP

#include "../../clock/at_shutdown.hpp"
#include "../../core/backoff.hpp"
#include "make_store.hpp"
#include "server.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace coterie::store::memory {

// Everything is called on the strand, but let_go().
class memory_client final : public client_end, public keeper, public std::enable_shared_from_this<memory_client>
{
public:
    memory_client(std::shared_ptr<server>, memory_options, executor, std::shared_ptr<clock>, log_config);

    void start(observer&);
    void stop();
    void submit(std::string group, operation, store::handler);
    void watch(topic const&, store::watch_handler);
    void unwatch(topic const&);

private:
    struct pending
    {
        clock::time_point deadline{};
        store::handler operation{};    // or
        store::watch_handler watch{};  // or none: a subscription renewed after a reconnect
    };

    void on_connected(link_id) override;
    void on_broken(link_id) override;
    void on_reply(link_id, request_id, error_code, reply) override;
    void on_push(link_id, std::string const& group, push const&) override;
    void let_go() noexcept override;

    void connect();
    void down(std::string_view why);
    void send(topic, std::optional<operation>, pending);
    void complete(pending, error_code);
    void renewed(error_code);
    void fail_all(error_code for_operations, error_code for_watches);
    void arm();
    void disarm();
    void alarm();
    void log(log_level, std::string_view text) const;
    std::optional<clock::time_point> next_alarm() const;

    std::shared_ptr<server> const server_;
    memory_options const options_;
    executor const strand_;
    std::shared_ptr<clock> const clock_;
    log_config const log_;

    observer* observer_ = nullptr;  // none: not started, or stopped
    bool stopped_ = false;
    link_id link_ = 0;  // 0: none
    bool up_ = false;
    std::uint64_t generation_ = 0;
    core::backoff backoff_;
    std::set<topic> watched_;
    std::size_t to_renew_ = 0;                 // subscriptions asked for after a reconnect and not confirmed
    std::map<request_id, pending> in_flight_;  // the oldest first
    request_id last_request_ = 0;
    clock::time_point next_step_{};  // while not up: when to try again, or to give up the try
    std::optional<clock::time_point> armed_;
    clock::timer_id timer_ = 0;
    std::uint64_t alarm_number_ = 0;  // tells a timer's handler whether it is still wanted
};

}  // namespace coterie::store::memory

#endif
