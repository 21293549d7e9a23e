// A chat with two servers. Each tells who is connected to it; each connection watches the friends of its user, whichever server they are at.
//
//     friends [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

using friend_list = std::map<std::string, std::string>;  // as a user sees it

// Reads until a friend is as expected; false: that does not come.
asio::awaitable<bool> read_until(coterie::presence_events& events, friend_list& friends, std::string id, std::string expected)
{
    while (friends[id] != expected)
    {
        auto const change = co_await events.async_next();
        if (!change)
            co_return false;
        for (auto const& each : change->changes)
        {
            friends[each.id] = std::string{to_string(each.status)} + (each.text.empty() ? "" : " (" + each.text + ")");
            fmt::print("  ann sees {}: {}\n", each.id, friends[each.id]);
        }
    }
    co_return true;
}

asio::awaitable<int> run(std::string url)
{
    int failures = 0;
    auto const expect = [&](bool met, std::string const& what) {
        fmt::print("{}: {}\n", met ? "ok" : "FAILED", what);
        failures += met ? 0 : 1;
    };

    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::presence first{client, {.space = "example-chat", .ttl = 500ms, .source = "server-1"}};
    coterie::presence second{client, {.space = "example-chat", .ttl = 500ms, .source = "server-2"}};

    co_await second.async_online({"bob", "cid"});
    std::vector<std::string> const friends_of_ann{"bob", "dan", "eva"};
    auto events = co_await first.async_watch(friends_of_ann);  // the first change tells how they all are
    friend_list seen;
    expect(co_await read_until(events, seen, "bob", "online"), "bob is there already");
    expect(seen.size() == 3 && seen["eva"] == "unknown", "nothing is known of eva, and cid is no friend");

    co_await second.async_set_status("bob", coterie::status::away, {.text = "lunch"});
    expect(co_await read_until(events, seen, "bob", "away (lunch)"), "bob is at lunch");

    co_await first.async_online("bob");  // bob's phone has another server; at lunch he is still, but online is more present than away
    co_await second.async_offline("bob");
    expect(co_await read_until(events, seen, "bob", "online (lunch)"), "bob goes on at the other server");
    auto const bob = co_await first.async_status("bob");
    expect(bob.at(0).source == "server-1", "and it is known at which");

    co_await second.async_online("dan");
    co_await events.async_add("cid");  // a new friend
    expect(co_await read_until(events, seen, "cid", "online"), "cid is a friend now");
    // Nobody says again that they are there: server-2 has died.
    expect(co_await read_until(events, seen, "dan", "offline"), "dan is gone when his time is over");

    co_await first.async_party_add("band", {"bob", "cid", "dan"});
    auto const band = co_await first.async_party("band");
    expect(band.size() == 3 && band.at("dan").status == coterie::status::offline, "a party is mapped in one call");
    co_await first.async_party_remove("band", {"bob", "cid", "dan"});
    co_await first.async_offline({"bob", "cid", "dan"}, {.all_sources = true});
    expect(co_await first.async_count() == 0, "nobody is there any more");
    co_return failures;
}

int main(int argc, char** argv)
try
{
    asio::io_context io;
    auto ended = asio::co_spawn(io, run(argc > 1 ? argv[1] : "memory:"), asio::use_future);
    io.run();
    return ended.get() == 0 ? 0 : 1;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
