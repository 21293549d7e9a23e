// Takes locks, loses one, and shows what its fencing token is for.
//
//     locks [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
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
    auto slow = co_await here.async_lock("disk", {.wait = 0s, .lease = 300ms});  // held by somebody: an error
    bool good = disk.write(slow.fence());

    co_await slow.async_lost();  // by the local clock, before the store gives the lock to anybody else
    good = slow.state() == coterie::lock_state::lost && good;
    fmt::print("disk: the first lease is over\n");

    auto next = co_await there.async_try_lock("disk");
    asio::steady_timer pause{there.get_executor()};
    while (!next)  // the store's lease ends a little later than the holder's
    {
        pause.expires_after(1ms);
        co_await pause.async_wait();
        next = co_await there.async_try_lock("disk");
    }
    good = disk.write(next->fence()) && good;
    co_return !disk.write(slow.fence()) && good;
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
