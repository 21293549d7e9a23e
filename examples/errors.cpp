// What goes wrong, and how a program hears of it: exceptions, error codes, time limits.
//
//     errors [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// A wrong URL or config is an exception of the constructor, which names the field.
bool wrong_config(coterie::client const& client)
try
{
    coterie::group_connector group{client, {.heartbeat = 0s}};
    return false;
}
catch (std::invalid_argument const& error)
{
    fmt::print("{}\n", error.what());
    return true;
}

// With co_await an error is a system_error, or a value if the token says so.
asio::awaitable<bool> errors_of_operations(coterie::group_connector& group)
{
    bool thrown = false;
    try
    {
        co_await group.async_join("a{b}");
    }
    catch (boost::system::system_error const& error)
    {
        thrown = error.code() == coterie::errc::bad_name;
        fmt::print("{}\n", error.what());
    }

    auto const held = co_await group.async_try_lock("report");
    auto const [error, lock] = co_await group.async_lock("report", {.wait = 0s}, asio::as_tuple);
    fmt::print("{}\n", error.message());
    co_return thrown&& held&& error == coterie::errc::timed_out;
}

// Nobody is there: client_config::timeout limits each operation, cancel_after a single one.
asio::awaitable<bool> no_server(asio::any_io_executor executor)
{
    coterie::client client{executor, "redis://127.0.0.1:1", {.timeout = 200ms}};
    coterie::group_connector group{client};
    auto const [error, members] = co_await group.async_members(asio::as_tuple);
    fmt::print("{}\n", error.message());
    auto const [cancelled, none] = co_await group.async_members(asio::cancel_after(50ms, asio::as_tuple));
    co_return error == coterie::errc::not_connected&& cancelled == asio::error::operation_aborted&& members.empty() && none.empty();
}

// True if everything happened as the comments say.
asio::awaitable<bool> show(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector group{client, {.group_name = "example-errors"}};
    bool const good = wrong_config(client) && co_await errors_of_operations(group) && co_await no_server(executor);
    co_await group.async_close();
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
