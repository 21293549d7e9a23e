// The connection that pushes come by breaks, again and again, while things change: what watchers know and what caches hold comes right.
#include "world.hpp"

#include <fmt/format.h>

#include <random>

namespace coterie::test {
namespace {

struct deaf_world : world
{
    void break_pushes() { redis({"CLIENT", "KILL", "TYPE", "pubsub"}); }

    void teardown()
    {
        redis({"FLUSHALL"});
        world::teardown();
    }
};

// Folds a stream until these are the states.
asio::awaitable<void> until_same(presence_events& events, std::map<std::string, status>& known, std::map<std::string, status> wanted)
{
    while (known != wanted)
    {
        auto const change = co_await events.async_next(asio::cancel_after(20s * slowdown(), asio::deferred));
        BOOST_TEST_REQUIRE(change.has_value());
        for (auto const& each : change->changes)
            known[each.id] = each.status;
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lost_pushes, deaf_world)

BOOST_AUTO_TEST_CASE(watchers_of_presence_know_how_everybody_is)
{
    live([&]() -> asio::awaitable<void> {
        presence_config config;
        config.ttl = 1min;
        coterie::presence here{connect(), config};
        coterie::presence there{connect(), config};
        auto all = co_await there.async_watch();
        std::mt19937 random{7};
        strings ids;
        for (int i = 0; i < 20; ++i)
            ids.push_back(fmt::format("{}", i));
        for (int round = 0; round < 60; ++round)
        {
            auto const& id = ids[random() % ids.size()];
            if (random() % 3 == 0)
                co_await here.async_offline(id);
            else
                co_await here.async_set_status(id, random() % 2 == 0 ? status::online : status::away);
            if (random() % 4 == 0)
                break_pushes();
        }
        std::map<std::string, status> wanted;
        auto const states = co_await here.async_status(ids);
        for (auto const& each : states)
            if (each.status != status::unknown)
                wanted[each.id] = each.status;
        std::map<std::string, status> known;
        co_await until_same(all, known, wanted);
        BOOST_TEST((known == wanted));
    });
}

BOOST_AUTO_TEST_CASE(a_local_cache_holds_nothing_older_than_the_last_gap)
{
    live([&]() -> asio::awaitable<void> {
        memo_config config;
        config.local_entries = 10;
        config.local_ttl = 1h;
        coterie::memo here{connect(), config};
        coterie::memo there{connect()};
        auto const none = []() -> asio::awaitable<memo_result> { co_return memo_result{"none", 1h}; };
        for (int round = 0; round < 20; ++round)
        {
            auto const value = std::to_string(round);
            co_await there.async_store("x", value, 1h);
            for (int i = 0; i < 3; ++i)  // into the cache
                co_await here.async_get("x", 10s, none, asio::use_awaitable);
            auto const newer = value + " and newer";
            break_pushes();
            co_await there.async_store("x", newer, 1h);
            auto const then = steady::now();
            std::optional<std::string> seen;
            while (seen != newer && ms_since(then) < 10'000 * slowdown())
                seen = co_await here.async_get("x", 10s, none, asio::use_awaitable);
            BOOST_TEST(seen.value() == newer);
        }
    });
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_result_gets_it)
{
    live([&]() -> asio::awaitable<void> {
        coterie::memo here{connect()};
        coterie::memo there{connect()};
        int generations = 0;
        for (int round = 0; round < 10; ++round)
        {
            auto const id = std::to_string(round);
            int answered = 0;
            auto const generate = [&]() -> asio::awaitable<memo_result> {
                ++generations;
                co_await pause(300ms);
                break_pushes();
                co_return memo_result{"1", 1h};
            };
            auto const count = [&](std::exception_ptr error, std::optional<std::string> value) {
                answered += !error && value == "1" ? 1 : 0;
            };
            here.async_get(id, 30s, generate, count);
            there.async_get(id, 30s, generate, count);
            auto const then = steady::now();
            while (answered < 2 && ms_since(then) < 20'000 * slowdown())
                co_await pause(5ms);
            BOOST_TEST(answered == 2);
            BOOST_TEST(ms_since(then) < 4000 * slowdown());  // long before the lease would have ended
        }
        BOOST_TEST(generations == 10);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
