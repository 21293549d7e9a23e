// B10: all members of a group of --size, and how long the server stands still meanwhile.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <boost/asio/detached.hpp>
#include <boost/redis/connection.hpp>
#include <boost/redis/logger.hpp>

#include <unistd.h>

#include <atomic>
#include <map>

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

namespace redis = boost::redis;

struct sources
{
    sources(setting const& how, asio::io_context& io, group_connector& members)
        : group{members}
        , raw{io, how.url}
        , boost_redis{io.get_executor(), redis::logger{redis::logger::level::disabled}}
    {
        auto const colon = how.url.rfind(':');
        redis::config where;
        where.addr.host = how.url.substr(8, colon - 8);  // redis://
        where.addr.port = how.url.substr(colon + 1);
        boost_redis.async_run(where, asio::detached);
    }

    ~sources() { boost_redis.cancel(); }

    group_connector& group;
    raw_connection raw;
    redis::connection boost_redis;
};

using reader = std::function<asio::awaitable<std::size_t>(sources&, std::string const& key)>;

asio::awaitable<std::size_t> by_coterie(sources& from, std::string const&)
{
    auto const all = co_await from.group.async_members();
    co_return all.size();
}

asio::awaitable<std::size_t> by_hgetall(sources& from, std::string const& key)
{
    std::string command;
    append_command(command, {"HGETALL", key});
    co_await from.raw.async_write(command);
    auto const reply = co_await from.raw.async_read();
    co_return std::stoul(std::string{reply.substr(1, 12)}) / 2;
}

// Not bytes, but strings in a map, as the library makes them that coterie stands on.
asio::awaitable<std::size_t> by_boost_redis(sources& from, std::string const& key)
{
    redis::request request;
    request.push("HGETALL", key);
    redis::response<std::map<std::string, std::string>> reply;
    co_await from.boost_redis.async_exec(request, reply);
    co_return std::get<0>(reply).value().size();
}

asio::awaitable<std::size_t> by_hscan(sources& from, std::string const& key)
{
    std::size_t parts = 0;
    std::string cursor = "0";
    do
    {
        std::string command;
        append_command(command, {"HSCAN", key, cursor, "COUNT", "1000"});
        co_await from.raw.async_write(command);
        auto reply = co_await from.raw.async_read();
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
    run_each(io, how.size, 1024, [&](std::uint64_t i) -> asio::awaitable<void> {
        auto const member = fmt::format("member-{}", i);
        co_await group.async_join(member, "10.11.12.13:8080");
    });

    auto const key = fmt::format("coterie:{{{}}}:members", name);
    sources from{how, io, group};
    histogram times;
    double longest = 0;
    auto const some = [&]() -> asio::awaitable<void> {
        for (auto const end = now() + how.time; now() < end || times.count() < 3;)
        {
            stall.begin();
            auto const begin = now();
            if (co_await read(from, key) < how.size)
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
             {"boost-redis", [](setting const& how) { measure(how, by_boost_redis); }},
             {"hscan", [](setting const& how) { measure(how, by_hscan); }}}};
}

}  // namespace coterie::benchmarks
