// The commands as values, and what carries each one out. A command ends with an exit code or an exception (see program.cpp).
#ifndef COTERIE_SRC_CLI_COMMANDS_HPP
#define COTERIE_SRC_CLI_COMMANDS_HPP

#include <coterie/options.hpp>
#include <coterie/status.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace coterie::cli {

namespace asio = boost::asio;

class context;

struct join_command
{
    std::string member;
    std::string value;
    std::vector<std::string> tags;
    std::vector<std::string> program;  // CMD; empty: until a signal
};

struct members_command
{
};

struct watch_command
{
    std::optional<std::uint64_t> from;
};

struct lock_command
{
    std::string name;
    std::string member;  // empty: the host name
    std::chrono::milliseconds wait{0};
    bool shared = false;
    std::optional<std::chrono::milliseconds> lease;  // none: while this process lives
    std::chrono::milliseconds kill_after{5000};      // from SIGTERM to SIGKILL, once the lock is lost
    std::vector<std::string> program;
};

struct elect_command
{
    std::string role;
    std::string value;
    std::string member;                          // empty: the host name
    std::chrono::milliseconds kill_after{5000};  // as in lock_command
    std::vector<std::string> program;
};

struct leader_command
{
    std::string role;
};

struct inspect_command
{
    std::string name;
};

struct release_command
{
    std::string name;
};

struct put_command
{
    std::string path;
    std::string value;
    coterie::lifetime lifetime = coterie::persistent;
};

struct get_command
{
    std::string path;
};

struct del_command
{
    std::string path;
};

struct ls_command
{
    std::string pattern = "*";
};

struct presence_command
{
    enum class verb
    {
        online,
        offline,
        status,
        watch,
        count,
        party,
    };

    verb what = verb::status;
    std::string space;  // empty: the default one
    std::optional<unsigned> shards;
    std::optional<std::string> source;
    std::optional<std::string> text;
    std::optional<std::string> value;
    std::optional<coterie::status> status;
    bool all_sources = false;
    std::vector<std::string> ids;
    std::string party;
    std::string foreign_key;
    std::vector<std::string> add;
    std::vector<std::string> remove;
};

struct memo_command
{
    enum class verb
    {
        get,
        store,
        invalidate,
    };

    verb what = verb::get;
    std::string tag;  // empty: the default one
    std::string id;
    std::string value;
    std::chrono::milliseconds ttl{};
    std::chrono::milliseconds wait{10'000};
    std::chrono::milliseconds lock_timeout{5000};
    bool refresh = false;
    std::vector<std::string> program;  // CMD, of get
};

struct demo_command
{
};

// The part of the demo that is killed: a process of its own on a real server.
struct demo_victim_command
{
};

using command = std::variant<join_command, members_command, watch_command, lock_command, elect_command, leader_command, inspect_command,
                             release_command, put_command, get_command, del_command, ls_command, presence_command, memo_command,
                             demo_command, demo_victim_command>;

asio::awaitable<int> run(context&, join_command const&);
asio::awaitable<int> run(context&, members_command const&);
asio::awaitable<int> run(context&, watch_command const&);
asio::awaitable<int> run(context&, lock_command const&);
asio::awaitable<int> run(context&, elect_command const&);
asio::awaitable<int> run(context&, leader_command const&);
asio::awaitable<int> run(context&, inspect_command const&);
asio::awaitable<int> run(context&, release_command const&);
asio::awaitable<int> run(context&, put_command const&);
asio::awaitable<int> run(context&, get_command const&);
asio::awaitable<int> run(context&, del_command const&);
asio::awaitable<int> run(context&, ls_command const&);
asio::awaitable<int> run(context&, presence_command const&);
asio::awaitable<int> run(context&, memo_command const&);
asio::awaitable<int> run(context&, demo_command const&);
asio::awaitable<int> run(context&, demo_victim_command const&);

}  // namespace coterie::cli

#endif
