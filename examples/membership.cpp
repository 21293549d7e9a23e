// Programs join a group, see each other and leave. Here two of them live in one process; on a server they may be anywhere.
//
//     membership [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace asio = boost::asio;

using names = std::vector<std::string>;

asio::awaitable<names> print_members(coterie::group_connector& group)
{
    names found;
    for (auto const& member : co_await group.async_members())  // read from the store, sorted by name
    {
        fmt::print("  {} = {} {}\n", member.path(), member.value, member.tags);
        found.push_back(member.name);
    }
    co_return found;
}

// True if everything happened as the comments say.
asio::awaitable<bool> show(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};  // does no I/O yet; throws if the URL cannot be read
    coterie::group_connector here{client, {.group_name = "example-membership"}};
    coterie::group_connector there{client, {.group_name = "example-membership"}};

    std::string_view const tags[] = {"blue", "europe"};
    co_await here.async_join("ann", "10.0.0.7:8080", {.tags = tags});
    co_await there.async_join("bob", "10.0.0.8:8080");
    fmt::print("both have joined:\n");
    auto const both = co_await print_members(here);

    bool const moved = co_await here.async_update("ann", "10.0.0.9:8080");  // a new value; the tags stay
    bool const chased = co_await here.async_leave("bob");                   // false: bob is not a member of this connector
    fmt::print("ann has moved:\n");
    auto const still_both = co_await print_members(there);

    co_await here.async_close();  // leaves at once. If the process died instead, ann would leave after group_config::ttl
    fmt::print("ann's program has closed:\n");
    auto const one = co_await print_members(there);

    co_await there.async_close();
    co_return moved && !chased && both == names{"ann", "bob"} && still_both == both && one == names{"bob"};
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
