// What the tests of this folder stand on: a server of their own, the library on one thread, the program coterie as further processes,
// and a look at what is left in the server when all have gone.
#ifndef COTERIE_TEST_SYSTEM_WORLD_HPP
#define COTERIE_TEST_SYSTEM_WORLD_HPP

#include "test/support/invariants.hpp"
#include "test/support/program.hpp"
#include "test/support/resp_client.hpp"
#include "test/support/run.hpp"

#include <coterie/coterie.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace coterie::test {

constexpr long long punctual = 100;  // ms after the end of a lease

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;
using names = std::set<std::string>;
using steady = std::chrono::steady_clock;

inline constexpr auto as_tuple = asio::as_tuple(asio::deferred);

// The time of day in ms: the clock that the server shares with us.
inline long long wall()
{
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

inline long long ms_since(steady::time_point before)
{
    return std::chrono::floor<milliseconds>(steady::now() - before).count();
}

inline asio::awaitable<void> pause(milliseconds duration)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, duration};
    co_await timer.async_wait();
}

// For co_await expressions, in which g++ 12 cannot make a set from braces.
template <class... Names>
names these(Names const&... each)
{
    names result;
    (result.insert(std::string{each}), ...);
    return result;
}

// Who is a member, as the store says.
inline asio::awaitable<names> listed(group_connector& group)
{
    auto const members = co_await group.async_members();
    names result;
    for (auto const& each : members)
        result.insert(each.name);
    co_return result;
}

inline asio::awaitable<member_change> next(member_events& events)
{
    auto change = co_await events.async_next(asio::cancel_after(10s * slowdown(), asio::deferred));
    BOOST_REQUIRE_MESSAGE(change, "the stream has ended");
    co_return std::move(*change);
}

inline void fold(names& known, member_change const& change)
{
    known.insert(change.joined.begin(), change.joined.end());
    for (auto const& name : change.left)
        known.erase(name);
}

// Reads changes until they say that these, and nobody else, are members.
inline asio::awaitable<void> until(member_events& events, names& known, names wanted)
{
    while (known != wanted)
    {
        auto const change = co_await next(events);
        fold(known, change);
    }
}

struct world : program
{
    asio::io_context io{1};

    // `url`: the server's own if empty.
    client connect(std::string const& url = {}, client_config config = {})
    {
        return client{io.get_executor(), url.empty() ? server.url() : url, std::move(config)};
    }

    // Runs a coroutine to its end.
    template <class Body>
    void live(Body body, milliseconds limit = 30s)
    {
        test::run(io, body(), limit);
    }

    resp_client::value redis(std::vector<std::string> command) const { return resp_client{server.socket()}(std::move(command)); }

    // Until when the leases of a group last by the server's clock, soonest first.
    std::vector<long long> deadlines(std::string const& group) const
    {
        std::vector<long long> result;
        auto const answer = redis({"ZRANGE", "coterie:{" + group + "}:leases", "0", "-1", "WITHSCORES"}).texts();
        for (std::size_t i = 1; i < answer.size(); i += 2)
            result.push_back(std::stoll(answer[i]));
        return result;
    }

    // Called by Boost.Test at the end of each test. Whoever was destroyed says goodbye first; then there is no work left, and nothing
    // in the server but persistent data and the end of the history, which has a TTL.
    void teardown()
    {
        io.restart();
        io.run_for(10s * slowdown());
        BOOST_TEST(io.stopped(), "something of the library still runs");
        if (!server.running())
            return;
        resp_client eyes{server.socket()};
        for (auto const& broken : broken_invariants(eyes))
            BOOST_ERROR(broken);
        // Of a quarantine that nobody is left to see the end of, the keys last a while.
        auto const quarantined = [&](std::string const& key) {
            auto const leases = key.substr(0, key.find("}:") + 2) + "leases";
            return eyes({"ZRANGE", leases, "0", "-1"}).texts() == strings{{"q\0", 2}} &&
                   (key == leases || key.ends_with(":locks") || key.ends_with(":beats"));
        };
        for (auto const& key : eyes({"KEYS", "*"}).texts())
            BOOST_TEST((key.ends_with(":keep") || key.ends_with(":events") || key.ends_with(":last") || key.ends_with(":epoch") ||
                        key.ends_with(":fence") || quarantined(key)),
                       "left behind: " + key);
    }
};

}  // namespace coterie::test

#endif
