// Watches who joins and leaves a group; a second reader replays what it has missed.
//
//     events [URL]      for example redis://127.0.0.1:6379
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
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asio = boost::asio;

using names = std::set<std::string>;

// One step. Folding the steps is all it takes to know the members, however slow the reader is.
asio::awaitable<coterie::member_change> read(std::string_view reader, coterie::member_events& events, names& members)
{
    auto const change = co_await events.async_next();
    if (!change)
        throw std::runtime_error{"the connector was closed"};
    if (change->resynced)
        fmt::print("{}: history did not reach back; this is the difference to what was known\n", reader);
    fmt::print("{}: joined {} left {} updated {}\n", reader, change->joined, change->left, change->updated);
    members.insert(change->joined.begin(), change->joined.end());
    for (auto const& name : change->left)
        members.erase(name);
    co_return *change;
}

// True if everything happened as the comments say.
asio::awaitable<bool> show(std::string url)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector workers{client, {.group_name = "example-events"}};
    coterie::group_connector watcher{client, {.group_name = "example-events"}};

    names members;
    co_await workers.async_join("ann");
    auto events = co_await watcher.async_watch();
    co_await read("first", events, members);  // the first change holds everybody who is there already
    bool good = members == names{"ann"};

    co_await workers.async_join("bob", "busy");
    auto const change = co_await read("first", events, members);
    good = change.find("bob") != nullptr && change.find("bob")->value == "busy" && good;

    co_await workers.async_update("bob", "idle");
    co_await workers.async_leave("ann");
    co_await workers.async_join("eve");
    co_await workers.async_close();  // bob and eve leave, in one step
    while (!members.empty())
        co_await read("first", events, members);

    // Another reader, which knows the members as of an earlier revision: it hears what happened since.
    names known{"ann", "bob"};
    auto replay = co_await watcher.async_watch({.from_revision = change.revision});
    while (!known.empty())
        co_await read("second", replay, known);

    co_await watcher.async_close();
    good = !co_await events.async_next() && good;  // an empty optional: the connector was closed
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
