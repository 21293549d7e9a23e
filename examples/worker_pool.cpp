// A pool of workers in several programs, of which only so many may work at the same time: permits, as of a counting semaphore.
//
//     worker_pool [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::uint32_t limit = 4;  // everybody should say the same
constexpr int workers = 20;
constexpr int programs = 4;

// What everybody saw, counted by the workers themselves and as the store tells it.
struct tally
{
    int inside = 0;
    int most_inside = 0;
    int done = 0;
    std::size_t most_held = 0;
    bool gave_up = false;  // the one who did not want to wait so long
    bool left_the_line = false;
};

asio::awaitable<void> pause(std::chrono::milliseconds time)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait();
}

asio::awaitable<void> work(coterie::group_connector& group, std::string name, tally& seen)
{
    auto permit = co_await group.async_acquire("workers", {.member = name, .limit = limit});
    seen.most_inside = std::max(seen.most_inside, ++seen.inside);
    fmt::print("{} works, {} inside\n", name, seen.inside);
    co_await pause(50ms);
    --seen.inside;
    ++seen.done;
    co_await permit.async_release();  // the next one in line has it in the same step
}

// Stands in the middle of the line, and gives up before anybody has finished.
asio::awaitable<void> lose_patience(coterie::group_connector& group, tally& seen)
{
    auto const [error, none] = co_await group.async_acquire("workers", {.member = "the hasty one", .limit = limit},
                                                            asio::cancel_after(20ms, asio::as_tuple));
    seen.gave_up = error == asio::error::operation_aborted;
    fmt::print("the hasty one: {}\n", error.message());

    bool in_line = true;  // the caller is told at once, the store a moment later
    for (int tries = 0; in_line && tries < 100; ++tries)
    {
        co_await pause(1ms);
        auto const info = co_await group.async_inspect("workers");
        in_line = info && std::ranges::any_of(info->waiters, [](auto const& each) { return each.member == "the hasty one"; });
    }
    seen.left_the_line = !in_line;
}

// Looks on from outside.
asio::awaitable<void> observe(coterie::group_connector& group, tally& seen)
{
    while (seen.done < workers)
    {
        if (auto const info = co_await group.async_inspect("workers"))
            seen.most_held = std::max(seen.most_held, info->holders.size());
        co_await pause(5ms);
    }
}

asio::awaitable<tally> run_all(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    std::vector<coterie::group_connector> all;
    for (int i = 0; i < programs; ++i)
    {
        all.emplace_back(client, coterie::group_config{.group_name = "example-worker-pool"});
        co_await all.back().async_join(fmt::format("program {}", i));
    }

    tally seen;
    auto const spawn = [&](asio::awaitable<void> task) { return asio::co_spawn(executor, std::move(task), asio::deferred); };
    std::vector<decltype(spawn(observe(all[0], seen)))> tasks;
    tasks.push_back(spawn(observe(all[0], seen)));
    for (int i = 0; i < workers; ++i)
    {
        if (i == workers / 2)
            tasks.push_back(spawn(lose_patience(all[0], seen)));
        tasks.push_back(spawn(work(all[static_cast<std::size_t>(i % programs)], fmt::format("worker {}", i), seen)));
    }
    auto everybody = asio::experimental::make_parallel_group(std::move(tasks));
    auto const [order, errors] = co_await everybody.async_wait(asio::experimental::wait_for_one_error(), asio::deferred);
    for (auto const i : order)  // the first one that failed; the others were cancelled then
        if (errors[i])
            std::rethrow_exception(errors[i]);

    for (auto& each : all)
        co_await each.async_close();
    co_return seen;
}

int main(int argc, char** argv)
try
{
    asio::io_context io;
    auto ended = asio::co_spawn(io, run_all(argc > 1 ? argv[1] : "memory:demo"), asio::use_future);
    io.run();
    auto const seen = ended.get();

    int failures = 0;
    auto const expect = [&](bool met, std::string const& what) {
        fmt::print("{}: {}\n", met ? "ok" : "FAILED", what);
        failures += met ? 0 : 1;
    };
    expect(seen.done == workers, fmt::format("{} of {} workers are done", seen.done, workers));
    expect(seen.most_inside == limit, fmt::format("at most {} were inside at once", seen.most_inside));
    expect(seen.most_held <= limit, fmt::format("the store gave at most {} permits at once", seen.most_held));
    expect(seen.gave_up && seen.left_the_line, "the hasty one gave up, and has left the line");
    return failures == 0 ? 0 : 1;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
