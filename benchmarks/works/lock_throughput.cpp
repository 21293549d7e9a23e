// B2, B3: so many coroutines (--size), each with a lock of its own, on one connection.
#include "benchmarks/harness/costs.hpp"
#include "benchmarks/harness/minimal_locks.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

namespace coterie::benchmarks {
namespace {

void report(setting const& how, costs const& spent, std::uint64_t pairs)
{
    auto const count = static_cast<double>(pairs);
    how.report("pairs_per_s", count / spent.seconds());
    how.report("client_us_per_pair", spent.client_us / count);
    how.report("server_us_per_pair", spent.server_us / count);
}

asio::awaitable<void> take_and_release(group_connector& group, std::string name, std::chrono::nanoseconds end, std::uint64_t& pairs)
{
    while (now() < end)
    {
        auto held = co_await group.async_lock(name);
        co_await held.async_release();
        ++pairs;
    }
}

void measure_coterie(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    group_connector group{store, {.group_name = how.name("group")}};
    std::uint64_t pairs = 0;
    run(io, take_and_release(group, "first", now() + std::chrono::milliseconds{50}, pairs));

    pairs = 0;
    cost_meter meter{how.url};
    auto const begin = meter.read();
    crew all{io};
    for (std::uint64_t i = 0; i < how.size; ++i)
        all.add(take_and_release(group, fmt::format("lock-{}", i), begin.at + how.time, pairs));
    all.finish();
    report(how, meter.read() - begin, pairs);
    run(io, group.async_close(asio::use_awaitable));
}

template <lock_pair (*Make)(raw_connection&, std::string_view)>
void measure_raw(setting const& how)
{
    asio::io_context io{1};
    raw_connection server{io, how.url};
    std::vector<lock_pair> locks;
    for (std::uint64_t i = 0; i < how.size; ++i)
        locks.push_back(Make(server, how.name(fmt::format("lock-{}", i))));
    cost_meter meter{how.url};
    auto const begin = meter.read();
    auto const pairs = pipeline(io, server, locks, how.time);
    report(how, meter.read() - begin, pairs);
}

}  // namespace

work lock_throughput()
{
    return {"B2",
            "lock and release, many coroutines on one connection",
            {{"coterie", measure_coterie}, {"raw", measure_raw<minimal_pair>}, {"hash", measure_raw<hash_pair>}}};
}

}  // namespace coterie::benchmarks
