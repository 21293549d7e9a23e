// B10: all members of a group of --size, and how long the server stands still meanwhile.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <unistd.h>

#include <atomic>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

// Another process that asks the server for a PONG all the time, and remembers the longest wait.
class stall_watch
{
public:
    explicit stall_watch(std::string_view url)
        : process_{[this, url] {
            asio::io_context io;
            raw_connection server{io, url};
            for (;; usleep(200))
            {
                auto const asked = now();
                server.ask({"PING"});
                longest_->store(std::max(longest_->load(), (now() - asked).count()));
            }
        }}
    {
    }

    void begin() { longest_->store(0); }
    double longest_ms() const { return static_cast<double>(longest_->load()) / 1e6; }

private:
    shared<std::atomic<std::int64_t>> longest_;
    child process_;
};

using reader = std::function<asio::awaitable<std::size_t>(group_connector&, raw_connection&, std::string const& key)>;

asio::awaitable<std::size_t> by_coterie(group_connector& group, raw_connection&, std::string const&)
{
    auto const all = co_await group.async_members();
    co_return all.size();
}

asio::awaitable<std::size_t> by_hgetall(group_connector&, raw_connection& server, std::string const& key)
{
    std::string command;
    append_command(command, {"HGETALL", key});
    co_await server.async_write(command);
    auto const reply = co_await server.async_read();
    co_return std::stoul(std::string{reply.substr(1, 12)}) / 2;
}

asio::awaitable<std::size_t> by_hscan(group_connector&, raw_connection& server, std::string const& key)
{
    std::size_t parts = 0;
    std::string cursor = "0";
    do
    {
        std::string command;
        append_command(command, {"HSCAN", key, cursor, "COUNT", "1000"});
        co_await server.async_write(command);
        auto reply = co_await server.async_read();
        reply.remove_prefix(reply.find("\r\n", 5) + 2);  // *2, $LENGTH
        cursor = reply.substr(0, reply.find("\r\n"));
        reply.remove_prefix(cursor.size() + 3);
        parts += std::stoul(std::string{reply.substr(0, 12)});
    } while (cursor != "0");
    co_return parts / 2;
}

void measure(setting const& how, reader const& read)
{
    stall_watch stall{how.url};
    asio::io_context io{1};
    client store{io.get_executor(), how.url, {.timeout = 60s, .response_timeout = 30s}};
    auto const name = how.name("group");
    group_connector group{store, {.group_name = name, .heartbeat = 60s}};
    raw_connection server{io, how.url};
    run_each(io, how.size, 1024, [&](std::uint64_t i) -> asio::awaitable<void> {
        auto const member = fmt::format("member-{}", i);
        co_await group.async_join(member, "10.11.12.13:8080");
    });

    auto const key = fmt::format("coterie:{{{}}}:members", name);
    histogram times;
    double longest = 0;
    auto const some = [&]() -> asio::awaitable<void> {
        for (auto const end = now() + how.time; now() < end || times.count() < 3;)
        {
            stall.begin();
            auto const begin = now();
            if (co_await read(group, server, key) < how.size)
                throw std::runtime_error{"members are missing"};
            times.add(now() - begin);
            co_await async_sleep(5ms);
            longest = std::max(longest, stall.longest_ms());
        }
    };
    run(io, some());
    how.report("p50_us", times.percentile_us(0.5));
    how.report("stall_ms", longest);
    run(io, group.async_close(asio::use_awaitable));
}

}  // namespace

work snapshot()
{
    return {"B10",
            "all members of a large group",
            {{"coterie", [](setting const& how) { measure(how, by_coterie); }},
             {"hgetall", [](setting const& how) { measure(how, by_hgetall); }},
             {"hscan", [](setting const& how) { measure(how, by_hscan); }}}};
}

}  // namespace coterie::benchmarks
