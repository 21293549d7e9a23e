// B11: --size processes watch one group; 100 changes a second, one at a time and all at once.
#include "benchmarks/harness/costs.hpp"
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <unistd.h>

#include <atomic>
#include <memory>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t changes_per_s = 100;

// Each has connections of its own, as if it were a process of its own.
void watch_all(setting const& how, std::atomic<std::uint64_t>& watching)
{
    asio::io_context io{1};
    std::vector<std::unique_ptr<client>> stores;
    std::vector<std::unique_ptr<group_connector>> groups;
    for (std::uint64_t i = 0; i < how.size; ++i)
    {
        stores.push_back(std::make_unique<client>(io.get_executor(), how.url));
        groups.push_back(
            std::make_unique<group_connector>(*stores.back(), group_config{.group_name = how.name("group"), .heartbeat = 1min}));
    }
    std::vector<std::unique_ptr<member_events>> streams(how.size);
    run_each(io, how.size, 20, [&](std::uint64_t i) -> asio::awaitable<void> {
        auto events = co_await groups[i]->async_watch();
        co_await events.async_next();
        streams[i] = std::make_unique<member_events>(std::move(events));
    });
    watching = how.size;
    run_each(io, how.size, how.size, [&](std::uint64_t i) -> asio::awaitable<void> {
        while (co_await streams[i]->async_next())
            continue;
    });
}

asio::awaitable<void> change(group_connector& group, std::uint64_t which)
{
    auto const name = fmt::format("member-{}", which / 2);
    if (which % 2 == 0)
        co_await group.async_join(name);
    else
        co_await group.async_leave(name);
}

void measure(setting const& how, std::uint64_t at_once)
{
    shared<std::atomic<std::uint64_t>> watching;
    child watchers{[&] { watch_all(how, *watching); }};
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    group_connector group{store, {.group_name = how.name("group")}};
    run(io, group.async_join("first", asio::use_awaitable));
    while (*watching < how.size)
        usleep(10'000);

    cost_meter meter{how.url};
    auto const begin = meter.read();
    auto const messages = meter.info("cmdstat_spublish", "calls");
    std::uint64_t changes = 0;
    while (now() < begin.at + how.time)
    {
        crew all{io};
        all.add(async_sleep(begin.at + changes * 1s / changes_per_s - now()));
        all.finish();
        for (std::uint64_t i = 0; i < at_once; ++i)
            all.add(change(group, 2 * (changes + i)));
        all.finish();
        changes += at_once;
    }
    auto const spent = meter.read() - begin;
    how.report("server_us_per_change", spent.server_us / static_cast<double>(changes));
    how.report("changes_per_message", static_cast<double>(changes) / (meter.info("cmdstat_spublish", "calls") - messages));
    run(io, group.async_close(asio::use_awaitable));
}

void publish(setting const& how)
{
    shared<std::atomic<std::uint64_t>> watching;
    child watchers{[&] {
        asio::io_context io{1};
        std::vector<std::unique_ptr<raw_connection>> all;
        crew listeners{io};
        for (std::uint64_t i = 0; i < how.size; ++i)
        {
            all.push_back(std::make_unique<raw_connection>(io, how.url));
            all.back()->ask({"SSUBSCRIBE", how.name("channel")});
            listeners.add([](raw_connection& from) -> asio::awaitable<void> {
                for (;;)
                    co_await from.async_read();
            }(*all.back()));
        }
        *watching = how.size;
        listeners.finish();
    }};
    while (*watching < how.size)
        usleep(10'000);

    asio::io_context io{1};
    raw_connection server{io, how.url};
    cost_meter meter{how.url};
    auto const begin = meter.read();
    std::uint64_t changes = 0;
    std::string const event(64, 'e');  // as long as one of ours
    for (; now() < begin.at + how.time; ++changes)
    {
        run(io, async_sleep(begin.at + changes * 1s / changes_per_s - now()));
        server.ask({"SPUBLISH", how.name("channel"), event});
    }
    how.report("server_us_per_change", (meter.read() - begin).server_us / static_cast<double>(changes));
}

}  // namespace

work many_watchers()
{
    return {"B11",
            "many watchers of one group",
            {{"coterie", [](setting const& how) { measure(how, 1); }},
             {"coterie-bursts", [](setting const& how) { measure(how, changes_per_s); }},
             {"raw", publish}}};
}

}  // namespace coterie::benchmarks
