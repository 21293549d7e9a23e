// Takes locks, loses one, and shows what its fencing token is for.
//
//     locks [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <future>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// What the lock protects: a file, a table, a machine. It refuses who comes with an older token than it has seen.
struct resource
{
    std::uint64_t newest = 0;

    bool write(std::uint64_t fence)
    {
        bool const accepted = fence >= newest;
        if (accepted)
            newest = fence;
        fmt::print("  a write with fence {}: {}\n", fence, accepted ? "accepted" : "refused");
        return accepted;
    }
};

// One holder at a time; the same member may hold it more than once.
asio::awaitable<bool> take_turns(coterie::group_connector& here, coterie::group_connector& there)
{
    auto lock = co_await here.async_try_lock("report", {.member = "ann"});
    bool good = lock && lock->state() == coterie::lock_state::held;
    good = !co_await there.async_try_lock("report") && good;  // held: an empty optional, no error

    auto again = co_await here.async_try_lock("report", {.member = "ann", .reentrant = true});
    good = again && again->fence() == lock->fence() && good;
    if (auto const info = co_await there.async_inspect("report"))
        fmt::print("report: held by {} with fence {}\n", info->member, info->fence);

    co_await again->async_release();
    co_await lock->async_release();  // the last hold: now it is free
    auto const other = co_await there.async_try_lock("report");
    co_return other&& good;  // the destructor gives it back, in the background
}

// A lock with a lease of its own ends by itself. Who does not notice is stopped by the resource.
asio::awaitable<bool> lose_one(coterie::group_connector& here, coterie::group_connector& there, resource& disk)
{
    auto slow = co_await here.async_lock("disk", {.wait = 0s, .lease = 300ms});  // held by somebody: errc::timed_out
    bool good = disk.write(slow.fence());

    co_await slow.async_lost();  // by the local clock, before the store gives the lock to anybody else
    good = slow.state() == coterie::lock_state::lost && good;
    fmt::print("disk: the first lease is over\n");

    auto next = co_await there.async_lock("disk", {.wait = 5s});  // the store's lease ends a little later than the holder's
    good = disk.write(next.fence()) && good;
    co_return !disk.write(slow.fence()) && good;
}

// Whoever wants a lock that is held stands in line, and gets it in the same step that gives it back.
asio::awaitable<bool> wait_for_one(coterie::group_connector& here, coterie::group_connector& there)
{
    auto held = co_await here.async_lock("tape");
    auto next = there.async_lock("tape", {.wait = 5s}, asio::use_future);
    co_await held.async_release();
    while (next.wait_for(0s) != std::future_status::ready)
        co_await asio::post(asio::deferred);
    co_return next.get().fence() > held.fence();
}

// A body is cancelled when its lock is lost. Readers share, and wait for writers; two locks are taken in one step.
asio::awaitable<bool> in_other_ways(coterie::group_connector& here, coterie::group_connector& there)
{
    int const pages = co_await here.async_with_lock("printer", [](coterie::lock const&) -> asio::awaitable<int> { co_return 7; });

    auto reader = co_await here.async_lock("index", {.mode = coterie::lock_mode::shared});
    auto other_reader = co_await there.async_lock("index", {.mode = coterie::lock_mode::shared});

    auto both = co_await here.async_lock_all({"from", "to"});

    auto slot = co_await here.async_acquire("workers", {.limit = 2});
    auto other_slot = co_await there.async_acquire("workers", {.limit = 2});
    bool const full = !(co_await there.async_inspect("workers"))->holders.empty();
    co_return pages == 7 && both.names().size() == 2 && slot.fence() < other_slot.fence() && full;
}

// True if everything happened as the comments say.
asio::awaitable<bool> show(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector here{client, {.group_name = "example-locks"}};
    coterie::group_connector there{client, {.group_name = "example-locks"}};

    resource disk;
    bool good = co_await take_turns(here, there);
    good = co_await lose_one(here, there, disk) && good;
    good = co_await wait_for_one(here, there) && good;
    good = co_await in_other_ways(here, there) && good;
    co_await here.async_close();
    co_await there.async_close();
    co_return good;
}

int main(int argc, char** argv)
try
{
    asio::io_context io;
    auto shown = asio::co_spawn(io, show(argc > 1 ? argv[1] : "memory:demo"), asio::use_future);
    io.run();
    return shown.get() ? 0 : 1;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
