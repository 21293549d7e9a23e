// B1: one coroutine takes a lock and releases it, again and again.
#include "benchmarks/harness/minimal_locks.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

namespace coterie::benchmarks {
namespace {

asio::awaitable<void> take_and_release(setting const& how, histogram& times)
{
    client store{co_await asio::this_coro::executor, how.url};
    group_connector group{store, {.group_name = how.name("group")}};
    co_await group.async_join();  // connects
    for (auto const end = now() + how.time; now() < end;)
    {
        auto const begin = now();
        auto held = co_await group.async_lock("lock");
        co_await held.async_release();
        times.add(now() - begin);
    }
    co_await group.async_close();
}

asio::awaitable<void> ask_twice(raw_connection& server, lock_pair const& pair, setting const& how, histogram& times)
{
    for (auto const end = now() + how.time; now() < end;)
    {
        auto const begin = now();
        co_await server.async_write(pair.take);
        co_await server.async_read();
        co_await server.async_write(pair.release);
        co_await server.async_read();
        times.add(now() - begin);
    }
}

void measure_coterie(setting const& how)
{
    asio::io_context io{1};
    histogram times;
    run(io, take_and_release(how, times));
    how.report(times);
}

void measure_raw(setting const& how)
{
    asio::io_context io{1};
    raw_connection server{io, how.url};
    auto const pair = scripted_pair(server, how.name("lock"));
    histogram times;
    run(io, ask_twice(server, pair, how, times));
    how.report(times);
}

}  // namespace

work lock_latency()
{
    return {"B1", "lock and release, one coroutine", {{"coterie", measure_coterie}, {"raw", measure_raw}}};
}

}  // namespace coterie::benchmarks
