// B5: many want one lock, in one process (--size coroutines) or in as many processes.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <thread>
#include <vector>

namespace coterie::benchmarks {
namespace {

constexpr std::size_t most = 100'000;

void report(setting const& how, std::span<std::uint64_t const> counts, double seconds)
{
    auto const [least, largest] = std::ranges::minmax(counts);
    std::uint64_t all = 0;
    for (auto const count : counts)
        all += count;
    how.report("acquisitions_per_s", static_cast<double>(all) / seconds);
    how.report("finish_min", static_cast<double>(least));
    how.report("finish_max", static_cast<double>(largest));
}

asio::awaitable<void> contend(group_connector& group, std::chrono::nanoseconds end, std::uint64_t& count)
{
    while (now() < end)
    {
        auto held = co_await group.async_lock("lock");
        if (now() >= end)
            co_return;  // (and so do all who wait)
        ++count;
        co_await held.async_release();
    }
}

void one_process(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    group_connector group{store, {.group_name = how.name("group")}};
    std::uint64_t before = 0;
    run(io, contend(group, now() + std::chrono::milliseconds{50}, before));

    std::vector<std::uint64_t> counts(how.size);
    auto const end = now() + how.time;
    crew all{io};
    for (auto& count : counts)
        all.add(contend(group, end, count));
    all.finish();
    report(how, counts, std::chrono::duration<double>(how.time).count());
    run(io, group.async_close(asio::use_awaitable));
}

struct race
{
    std::atomic<std::size_t> ready;
    std::array<std::uint64_t, most> counts;
};

void many_processes(setting const& how)
{
    shared<race> all;
    run_processes(static_cast<int>(how.size), [&](int which) {
        asio::io_context io{1};
        client store{io.get_executor(), how.url};
        group_connector group{store, {.group_name = how.name("group")}};
        run(io, group.async_join(fmt::format("contender-{}", which), asio::use_awaitable));
        for (++all->ready; all->ready < how.size;)
            std::this_thread::yield();
        run(io, contend(group, now() + how.time, all->counts[static_cast<std::size_t>(which)]));
        run(io, group.async_close(asio::use_awaitable));
    });
    report(how, std::span{all->counts}.first(how.size), std::chrono::duration<double>(how.time).count());
}

}  // namespace

work one_lock_one_process()
{
    return {"B5a", "one lock, many coroutines of one process", {{"coterie", one_process}}};
}

work one_lock_many_processes()
{
    return {"B5b", "one lock, many processes", {{"coterie", many_processes}}};
}

}  // namespace coterie::benchmarks
