// Small data of a group: some dies with its owner, some stays, some has a time of its own.
//
//     data [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// True if everything happened as the comments say.
asio::awaitable<bool> show(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector here{client, {.group_name = "example-data"}};
    coterie::group_connector there{client, {.group_name = "example-data"}};

    co_await here.async_put("load/ann", "0.7");                                   // dies with this connector
    co_await here.async_put("limit", "1000", {.lifetime = coterie::persistent});  // until somebody erases it
    co_await here.async_put("maintenance", "ann", {.lifetime = 200ms});           // as long as this, whatever happens

    auto const load = co_await there.async_get("load/ann");  // an optional
    auto const paths = co_await there.async_list("l*");
    fmt::print("load/ann = {}; paths that begin with l: {}\n", load.value_or("-"), paths);

    co_await here.async_close();
    asio::steady_timer pause{executor, 250ms};
    co_await pause.async_wait();
    auto const rest = co_await there.async_list("*");
    fmt::print("after a while, and without its owner: {}\n", rest);

    bool const erased = co_await there.async_erase("limit");
    bool const once_more = co_await there.async_erase("limit");  // false: it was not there
    co_await there.async_close();
    co_return load == "0.7" && paths.size() == 2 && rest.size() == 1 && erased && !once_more;
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
