// B6: what a beat costs the server, by the number of members (--size) of its lease.
// B7: what the beats of many sessions (--size) cost it.
#include "benchmarks/harness/costs.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <memory>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr auto heartbeat = 5s;
constexpr std::uint64_t at_once = 256;

void beat(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    group_connector group{store, {.group_name = how.name("group"), .heartbeat = 10ms, .ttl = 60s}};
    run_each(io, how.size, at_once,
             [&](std::uint64_t i) -> asio::awaitable<void> { co_await group.async_join(fmt::format("member-{}", i)); });

    // The time in the scripts alone: nothing else the server does is in it.
    cost_meter meter{how.url};
    auto const beats = store.metrics().beats;
    auto const spent = meter.info("cmdstat_evalsha", "usec");
    auto const calls = meter.info("cmdstat_evalsha", "calls");
    run(io, async_sleep(how.time));
    how.report("beats", static_cast<double>(store.metrics().beats - beats));
    how.report("server_us_per_beat", (meter.info("cmdstat_evalsha", "usec") - spent) / (meter.info("cmdstat_evalsha", "calls") - calls));
    run(io, group.async_close(asio::use_awaitable));
}

void report(setting const& how, costs const& spent, std::uint64_t beats)
{
    how.report("beats_per_s", static_cast<double>(beats) / spent.seconds());
    how.report("server_us_per_beat", spent.server_us / static_cast<double>(beats));
}

void many_sessions_beat(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    std::vector<std::unique_ptr<group_connector>> groups(how.size);
    for (auto& each : groups)
        each = std::make_unique<group_connector>(store, group_config{.group_name = how.name("group"), .heartbeat = heartbeat});

    // Spread over one heartbeat, so that their beats are.
    crew all{io};
    for (std::uint64_t i = 0; i < how.size; ++i)
        all.add([](group_connector& group, std::chrono::nanoseconds wait, std::string name) -> asio::awaitable<void> {
            co_await async_sleep(wait);
            co_await group.async_join(name);
        }(*groups[i], std::chrono::nanoseconds{heartbeat} * i / how.size, fmt::format("member-{}", i)));
    all.finish();
    run(io, async_sleep(heartbeat));

    cost_meter meter{how.url};
    auto const begin = meter.read();
    auto const beats = store.metrics().beats;
    run(io, async_sleep(how.time));
    report(how, meter.read() - begin, store.metrics().beats - beats);
    run_each(io, how.size, at_once, [&](std::uint64_t i) { return groups[i]->async_close(asio::use_awaitable); });
}

// As many PEXPIRE, one at a time.
void many_keys_expire(setting const& how)
{
    asio::io_context io{1};
    raw_connection server{io, how.url};
    std::string all;
    for (std::uint64_t i = 0; i < how.size; ++i)
        append_command(all, {"SET", how.name(std::to_string(i)), "", "PX", "60000"});
    server.ask_all(all, how.size);

    cost_meter meter{how.url};
    auto const begin = meter.read();
    std::uint64_t beats = 0;
    run(io, [](setting const& work, raw_connection& to, std::uint64_t& count) -> asio::awaitable<void> {
        auto const first = now();
        std::string command;
        for (auto at = first; at < first + work.time; at += std::chrono::nanoseconds{heartbeat} / work.size)
        {
            co_await async_sleep(at - now());
            command.clear();
            append_command(command, {"PEXPIRE", work.name(std::to_string(count++ % work.size)), "7500"});
            co_await to.async_write(command);
            co_await to.async_read();
        }
    }(how, server, beats));
    report(how, meter.read() - begin, beats);
}

// What group-redis does at a beat of so many members: SET EX for each, then KEYS and GETs to know the others.
void all_members_renew(setting const& how)
{
    asio::io_context io{1};
    raw_connection server{io, how.url};
    std::string beat;
    for (std::uint64_t i = 0; i < how.size; ++i)
        append_command(beat, {"SET", how.name(fmt::format("members/{}", i)), "value", "EX", "8"});
    append_command(beat, {"KEYS", how.name("members/*")});
    for (std::uint64_t i = 0; i < how.size; ++i)
        append_command(beat, {"GET", how.name(fmt::format("members/{}", i))});

    cost_meter meter{how.url};
    auto const begin = meter.read();
    std::uint64_t beats = 0;
    for (; now() < begin.at + how.time; ++beats)
        server.ask_all(beat, 2 * how.size + 1);
    report(how, meter.read() - begin, beats);
}

}  // namespace

work beat_of_many_members()
{
    return {"B6", "a beat of a lease with many members", {{"coterie", beat}}};
}

work many_sessions()
{
    return {"B7",
            "the beats of many sessions",
            {{"coterie", many_sessions_beat}, {"raw", many_keys_expire}, {"group-redis", all_members_renew}}};
}

}  // namespace coterie::benchmarks
