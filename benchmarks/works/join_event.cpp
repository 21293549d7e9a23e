// B8: somebody joins; another process hears of it. Measured from the call.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <unistd.h>

#include <array>
#include <atomic>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

constexpr auto pause = 1ms;
constexpr std::string_view opener = "first";  // whoever joins first opens the session
constexpr std::size_t most = 100'000;

struct protocol
{
    std::atomic<bool> watching;
    std::atomic<std::size_t> joined;
    std::array<std::int64_t, most> called;
    std::array<std::int64_t, most> heard;
};

void report(setting const& how, protocol const& seen)
{
    histogram times;
    for (std::size_t i = 20; i < seen.joined; ++i)
        if (seen.heard[i] != 0)
            times.add(std::chrono::nanoseconds{seen.heard[i] - seen.called[i]});
    if (times.count() + 50 < seen.joined)
        throw std::runtime_error{"events were lost"};
    how.report(times);
}

asio::awaitable<void> watch(group_connector& group, protocol& seen)
{
    auto events = co_await group.async_watch();
    co_await events.async_next();
    seen.watching = true;
    while (auto const change = co_await events.async_next())
    {
        auto const at = now().count();
        for (auto const& name : change->joined)
        {
            if (name == "end")
                co_return;
            if (name != opener)
                seen.heard[std::stoul(name)] = at;
        }
    }
}

asio::awaitable<void> join_and_leave(group_connector& group, setting const& how, protocol& seen)
{
    co_await group.async_join(opener);
    for (auto const end = now() + how.time; now() < end;)
    {
        auto const name = std::to_string(seen.joined);
        seen.called[seen.joined++] = now().count();
        co_await group.async_join(name);
        co_await async_sleep(pause);
        co_await group.async_leave(name);
    }
    co_await group.async_join("end");
}

void measure_coterie(setting const& how)
{
    shared<protocol> seen;
    run_processes(2, [&](int which) {
        asio::io_context io{1};
        client store{io.get_executor(), how.url};
        group_connector group{store, {.group_name = how.name("group")}};
        while (which == 1 && !seen->watching)
            usleep(1000);
        run(io, which == 0 ? watch(group, *seen) : join_and_leave(group, how, *seen));
        run(io, group.async_close(asio::use_awaitable));
    });
    report(how, *seen);
}

void measure_raw(setting const& how)
{
    shared<protocol> seen;
    run_processes(2, [&](int which) {
        asio::io_context io{1};
        raw_connection server{io, how.url};
        auto const channel = how.name("channel");
        if (which == 0)
        {
            server.ask({"SUBSCRIBE", channel});
            seen->watching = true;
            run(io, [](raw_connection& from, protocol& to) -> asio::awaitable<void> {
                constexpr std::string_view event = "event-";
                for (;;)
                {
                    std::string_view const arrived = co_await from.async_read();  // one message, or several
                    auto const at = now().count();
                    for (auto found = arrived.find(event); found != arrived.npos; found = arrived.find(event, found + 1))
                        to.heard[std::stoul(std::string{arrived.substr(found + event.size(), 8)})] = at;
                    if (arrived.ends_with("end\r\n"))
                        co_return;
                }
            }(server, *seen));
            return;
        }
        while (!seen->watching)
            usleep(1000);
        run(io, [](setting const& work, raw_connection& to, std::string name, protocol& times) -> asio::awaitable<void> {
            std::string command;
            for (auto const end = now() + work.time; now() < end;)
            {
                command.clear();
                append_command(command, {"PUBLISH", name, fmt::format("event-{:08}", times.joined)});
                times.called[times.joined++] = now().count();
                co_await to.async_write(command);
                co_await to.async_read();
                co_await async_sleep(pause);
            }
            command.clear();
            append_command(command, {"PUBLISH", name, "end"});
            co_await to.async_write(command);
            co_await to.async_read();
        }(how, server, channel, *seen));
    });
    report(how, *seen);
}

}  // namespace

work join_event()
{
    return {"B8", "join, and the event of it in another process", {{"coterie", measure_coterie}, {"raw", measure_raw}}};
}

}  // namespace coterie::benchmarks
