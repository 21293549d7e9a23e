// B9: how long after its deadline a death is known. --size leases die, spread over --seconds, in a server that holds 200,000 other keys with a TTL.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t other_keys = 200'000;
constexpr auto patience = 15s;  // after the last deadline; who is not told of by then counts with this

void fill(setting const& how)
{
    asio::io_context io;
    raw_connection server{io, how.url};
    constexpr std::uint64_t part = 10'000;
    for (std::uint64_t i = 0; i < other_keys; i += part)
    {
        std::string commands;
        for (auto j = i; j < i + part; ++j)
            append_command(commands, {"SET", fmt::format("other-{}", j), "value", "PX", "86400000"});
        server.ask_all(commands, part);
    }
}

class lateness
{
public:
    explicit lateness(std::uint64_t expected) : expected_{expected} {}

    void add(std::chrono::nanoseconds late) { times_.add(late); }
    bool complete() const { return times_.count() >= expected_; }

    void report(setting const& how)
    {
        how.report("told_percent", 100.0 * static_cast<double>(times_.count()) / static_cast<double>(expected_));
        while (!complete())
            times_.add(patience);
        how.report("p50_ms", times_.percentile_us(0.5) / 1000);
        how.report("p99_ms", times_.percentile_us(0.99) / 1000);
        how.report("max_ms", times_.max_us() / 1000);
    }

private:
    std::uint64_t expected_;
    histogram times_;
};

struct victims
{
    std::atomic<bool> watched;
    std::atomic<std::uint64_t> living;
    std::array<std::int64_t, 100'000> deadlines;
};

// Sessions that are opened one after the other and never beat.
void open_all(setting const& how, std::string const& group_name, victims& all)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    auto const heartbeat = std::chrono::duration_cast<std::chrono::milliseconds>(how.time) + 10s;
    auto const ttl = heartbeat + 500ms;
    std::vector<std::unique_ptr<group_connector>> groups(how.size);
    for (auto& each : groups)
        each = std::make_unique<group_connector>(store, group_config{.group_name = group_name, .heartbeat = heartbeat, .ttl = ttl});
    crew work{io};
    for (std::uint64_t i = 0; i < how.size; ++i)
        work.add([](group_connector& group, std::uint64_t which, std::chrono::nanoseconds wait, std::chrono::nanoseconds lives,
                    victims& told) -> asio::awaitable<void> {
            co_await async_sleep(wait);
            told.deadlines[which] = (now() + lives).count();
            auto const name = std::to_string(which);
            co_await group.async_join(name);
            ++told.living;
        }(*groups[i], i, how.time * i / how.size, ttl, all));
    work.finish();
    for (;;)
        pause();
}

asio::awaitable<void> watch(setting const& how, group_connector& group, child& doomed, victims& all, lateness& late)
{
    auto events = co_await group.async_watch();
    co_await events.async_next();
    all.watched = true;
    while (!late.complete())
    {
        auto const change = co_await events.async_next();
        auto const at = now().count();
        for (auto const& name : change->left)
            late.add(std::chrono::nanoseconds{at - all.deadlines[std::stoul(name)]});
        if (all.living == how.size)
            doomed.kill();
    }
}

asio::awaitable<void> give_up(victims const& all, std::uint64_t size)
{
    while (all.living < size)
        co_await async_sleep(100ms);
    co_await async_sleep(std::chrono::nanoseconds{all.deadlines[size - 1]} - now() + patience);
}

void measure_coterie(setting const& how)
{
    fill(how);
    shared<victims> all;
    auto const name = how.name("group");
    child doomed{[&] {
        while (!all->watched)
            usleep(1000);
        open_all(how, name, *all);
    }};
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    group_connector group{store, {.group_name = name}};
    lateness late{how.size};
    run_any(io, watch(how, group, doomed, *all, late), give_up(*all, how.size));
    late.report(how);
    run(io, group.async_close(asio::use_awaitable));
}

// Keys with the same deadlines, and the server's own notifications.
void measure_notifications(setting const& how)
{
    fill(how);
    asio::io_context io{1};
    raw_connection server{io, how.url};
    raw_connection pushes{io, how.url};
    server.ask({"CONFIG", "SET", "notify-keyspace-events", "Ex"});
    pushes.ask({"SUBSCRIBE", "__keyevent@0__:expired"});

    auto const ttl = 2s;
    std::vector<std::chrono::nanoseconds> deadlines;
    std::string commands;
    auto const begin = now();
    for (std::uint64_t i = 0; i < how.size; ++i)
    {
        auto const lives = std::chrono::ceil<std::chrono::milliseconds>(ttl + how.time * i / how.size);
        deadlines.push_back(begin + lives);
        append_command(commands, {"SET", how.name(std::to_string(i)), "", "PX", std::to_string(lives.count())});
    }
    server.ask_all(commands, how.size);

    lateness late{how.size};
    auto const listen = [&]() -> asio::awaitable<void> {
        auto const prefix = how.name("");
        while (!late.complete())
        {
            std::string_view arrived = co_await pushes.async_read();
            for (auto at = arrived.find(prefix); at != arrived.npos; at = arrived.find(prefix, at + 1))
            {
                auto const which = std::stoul(std::string{arrived.substr(at + prefix.size(), 8)});
                late.add(now() - deadlines[which]);
            }
        }
    };
    run_any(io, listen(), async_sleep(ttl + how.time + patience));
    server.ask({"CONFIG", "SET", "notify-keyspace-events", ""});
    late.report(how);
}

}  // namespace

work expiry()
{
    return {"B9", "deaths made known", {{"coterie", measure_coterie}, {"notifications", measure_notifications}}};
}

}  // namespace coterie::benchmarks
