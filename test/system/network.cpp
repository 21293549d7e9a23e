// alone: it measures real time
// The network between a client and its server breaks, in all its ways; the server itself is well.
#include "world.hpp"

#include "test/support/proxy.hpp"

#include <boost/asio/detached.hpp>
#include <fmt/format.h>

namespace coterie::test {
namespace {

struct network_world : world
{
    proxy between{server.port()};
    strings log;

    milliseconds const response_timeout = 400ms * slowdown();
    group_config const tempo{.group_name = "g", .heartbeat = 400ms * slowdown(), .ttl = 3s * slowdown(), .member = "me"};

    client connect_through_proxy(milliseconds response)
    {
        client_config config;
        config.response_timeout = response;
        config.timeout = 10s * slowdown();
        config.log.sink = [this](log_level, std::string_view line) { log.emplace_back(line); };
        return connect(between.url(), std::move(config));
    }

    client connect_through_proxy() { return connect_through_proxy(response_timeout); }

    bool logged(std::string const& text) const
    {
        return std::any_of(log.begin(), log.end(), [&](std::string const& line) { return line.find(text) != std::string::npos; });
    }

    asio::awaitable<void> until_logged(std::string text)
    {
        while (!logged(text))
            co_await pause(1ms);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(network, network_world)

BOOST_AUTO_TEST_CASE(a_half_open_connection_is_noticed_and_costs_nothing)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect_through_proxy();
        group_connector alice{mine, tempo};
        group_connector eye{connect(), tempo};
        auto events = co_await eye.async_watch();
        co_await alice.async_join("alice");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        names known;
        co_await until(events, known, these("alice"));

        between.hold();
        auto const broken = steady::now();
        co_await until_logged("no reply in time");
        auto const took = ms_since(broken);
        BOOST_TEST_MESSAGE(fmt::format("noticed after {} ms", took));
        BOOST_TEST(took <= (tempo.heartbeat + response_timeout + 200ms * slowdown()).count());
        between.pass();

        while (mine.metrics().connects < 2)
            co_await pause(5ms);
        auto const beats = mine.metrics().beats;
        while (mine.metrics().beats == beats)
            co_await pause(5ms);
        BOOST_TEST((held->state() == lock_state::held));
        BOOST_TEST(mine.metrics().lost_sessions == 0U);
        BOOST_TEST(mine.metrics().lost_locks == 0U);
        auto const other = co_await eye.async_try_lock("a");
        BOOST_TEST(!other.has_value());
        BOOST_TEST(co_await listed(eye) == these("alice"));
        co_await held->async_release();
        co_await alice.async_leave("alice");
        auto const change = co_await next(events);  // the first thing that was announced since
        BOOST_TEST(change.left == strings{"alice"}, boost::test_tools::per_element());
    });
}

// Whether the partition took it or the buffers of this machine: else it would undo what was done meanwhile.
BOOST_AUTO_TEST_CASE(what_was_given_up_does_not_arrive_later)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect_through_proxy();
        group_connector alice{mine, tempo};
        group_connector eye{connect(), tempo};
        auto const lasting = put_options{.lifetime = persistent};
        co_await alice.async_put("p", "1", lasting);
        for (auto const& given_up : {std::string{"2"}, std::string(1 << 20, '2')})
        {
            auto const connects = mine.metrics().connects;
            log.clear();
            between.hold();
            auto const [error] = co_await alice.async_put("p", given_up, lasting, asio::cancel_after(response_timeout / 2, as_tuple));
            BOOST_TEST((error == asio::error::operation_aborted), error.message());
            co_await until_logged("no reply in time");
            co_await eye.async_put("p", "3", lasting);
            between.pass();

            while (mine.metrics().connects == connects)
                co_await pause(5ms);
            auto const read = co_await alice.async_get("p");
            BOOST_TEST(read.value_or("nothing") == "3");
        }
        co_await eye.async_erase("p");
    });
}

BOOST_AUTO_TEST_CASE(a_partition_longer_than_the_lease)
{
    live([&]() -> asio::awaitable<void> {
        auto brief = tempo;
        brief.ttl = 600ms * slowdown();
        auto const mine = connect_through_proxy();
        group_connector alice{mine, brief};
        group_connector eye{connect(), tempo};
        auto events = co_await eye.async_watch();
        co_await alice.async_join("alice");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        names known;
        co_await until(events, known, these("alice"));

        between.hold();
        co_await until(events, known, names{});
        BOOST_TEST((held->state() == lock_state::lost));  // he knew before the server did
        auto const mine_now = co_await eye.async_try_lock("a");
        BOOST_TEST_REQUIRE(mine_now.has_value());
        co_await pause(500ms);
        between.pass();
        co_await until(events, known, these("alice"));
        co_await pause(tempo.heartbeat);
        auto const info = co_await eye.async_inspect("a");
        BOOST_TEST_REQUIRE(info.has_value());
        BOOST_TEST(info->fence == mine_now->fence());
        BOOST_TEST(mine.metrics().lost_locks == 1U);
    });
}

BOOST_AUTO_TEST_CASE(missed_events_are_made_good_with_the_next_beat)
{
    live([&]() -> asio::awaitable<void> {
        // So patient that only a beat can tell it.
        auto const mine = connect_through_proxy(20s);
        group_connector eye{mine, tempo};
        group_connector bob{connect(), tempo};
        co_await eye.async_join("eye");  // the first connection: for commands
        auto events = co_await eye.async_watch();
        names known;
        co_await until(events, known, these("eye"));
        BOOST_TEST_REQUIRE(between.connections() == 2U);

        between.hold_newest();
        auto const before = steady::now();
        co_await bob.async_join("bob");
        co_await until(events, known, these("eye", "bob"));
        auto const took = ms_since(before);
        BOOST_TEST_MESSAGE(fmt::format("made good after {} ms", took));
        BOOST_TEST(took <= (tempo.heartbeat + 250ms * slowdown()).count());
        BOOST_TEST(mine.metrics().repaired_gaps == 1U);

        co_await bob.async_leave("bob");
        co_await until(events, known, these("eye"));
        between.pass();  // now they come a second time, and say nothing new
        co_await pause(200ms);
        co_await bob.async_join("carol");
        auto const change = co_await next(events);
        BOOST_TEST(change.joined == strings{"carol"}, boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(a_half_open_events_connection_is_replaced)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect_through_proxy();
        group_connector eye{mine, tempo};
        group_connector bob{connect(), tempo};
        co_await eye.async_join("eye");
        auto events = co_await eye.async_watch();
        names known;
        co_await until(events, known, these("eye"));
        between.hold_newest();
        co_await pause(1s + response_timeout + 500ms * slowdown());  // it asks each second whether the server is there

        auto const before = steady::now();
        co_await bob.async_join("bob");
        co_await until(events, known, these("eye", "bob"));
        BOOST_TEST_MESSAGE(fmt::format("seen after {} ms", ms_since(before)));
        BOOST_TEST(mine.metrics().repaired_gaps == 0U);  // by push, not by a beat
        BOOST_TEST(mine.metrics().connects == 1U);
    });
}

// Acknowledged is done, and nothing is done twice, however often the connections break.
BOOST_AUTO_TEST_CASE(connections_are_cut_again_and_again)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect_through_proxy(2s);
        group_connector alice{mine, tempo};
        group_connector eye{connect(), tempo};
        auto events = co_await eye.async_watch();
        co_await alice.async_join("alice", "0");
        bool over = false;
        bool cutter_ended = false;
        auto const cutter = [&]() -> asio::awaitable<void> {
            int i = 0;
            while (!over)
            {
                co_await pause(milliseconds{20 + i % 7 * 10});
                if (i % 3 == 0)
                    between.cut();
                else
                    redis({"CLIENT", "KILL", "TYPE", i % 3 == 1 ? "normal" : "pubsub"});
                ++i;
            }
            cutter_ended = true;
        };
        asio::co_spawn(io, cutter(), asio::detached);

        std::uint64_t fence = 0;
        auto const end = steady::now() + 3s;
        int rounds = 0;
        for (; steady::now() < end; ++rounds)
        {
            auto const value = std::to_string(rounds);
            auto held = co_await alice.async_try_lock("a");
            BOOST_TEST_REQUIRE(held.has_value());
            BOOST_TEST(held->fence() > fence);
            fence = held->fence();
            BOOST_TEST_REQUIRE(co_await alice.async_update("alice", value));
            co_await alice.async_put("path", value);
            auto const read = co_await alice.async_get("path");
            BOOST_TEST(read.value_or("none") == value);
            co_await held->async_release();
        }
        over = true;
        while (!cutter_ended)
            co_await pause(5ms);
        BOOST_TEST_MESSAGE(fmt::format("{} rounds, {} connections", rounds, mine.metrics().connects));
        BOOST_TEST(mine.metrics().connects > 5U);
        BOOST_TEST(mine.metrics().lost_sessions == 0U);

        names known;
        co_await alice.async_join("last");
        while (known != these("alice", "last"))
        {
            auto const change = co_await next(events);
            fold(known, change);
            if (auto const* record = change.find("last"))
                BOOST_TEST(record->name == "last");
        }
        auto const members = co_await eye.async_members();
        BOOST_TEST(members.at(0).value == std::to_string(rounds - 1));
    });
}

BOOST_AUTO_TEST_CASE(a_slow_network)
{
    live([&]() -> asio::awaitable<void> {
        between.delay(60ms);
        auto const mine = connect_through_proxy(2s);
        group_connector alice{mine, tempo};
        co_await alice.async_join("alice");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        co_await pause(*tempo.ttl + tempo.heartbeat);
        BOOST_TEST((held->state() == lock_state::held));
        BOOST_TEST(mine.metrics().late_beats == 0U);
        co_await held->async_release();
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
