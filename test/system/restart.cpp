// alone: it measures real time
// The server goes away and comes back, with its data or without: everything works again by itself, and no lock has two holders.
#include "world.hpp"

#include <boost/asio/detached.hpp>
#include <fmt/format.h>

namespace coterie::test {
namespace {

constexpr milliseconds one_backoff{1000};

// The server's way down in order, its data kept.
void stop_with_data(server_process const& server)
{
    try
    {
        resp_client{server.socket()}({"SHUTDOWN", "SAVE"});
    }
    catch (boost::system::system_error const&)
    {
        // It ends instead of answering.
    }
}

struct restart_world : world
{
    group_config const tempo{.group_name = "g", .heartbeat = 300ms * slowdown(), .ttl = 900ms * slowdown(), .member = "me"};

    group_config lasting(milliseconds ttl) const
    {
        auto result = tempo;
        result.ttl = ttl * slowdown();
        return result;
    }

    // How long after now these are the members.
    asio::awaitable<milliseconds> back_after(group_connector& group, names wanted)
    {
        auto const before = steady::now();
        while (co_await listed(group) != wanted)
            co_await pause(5ms);
        co_return milliseconds{ms_since(before)};
    }

    void check_back_in_time(milliseconds took) const
    {
        BOOST_TEST_MESSAGE(fmt::format("back {} ms after the server", took.count()));
        BOOST_TEST((took <= one_backoff + 200ms * slowdown()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(restart, restart_world)

BOOST_AUTO_TEST_CASE(empty_without_quarantine)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect();
        auto at_once = tempo;
        at_once.quarantine = false;
        group_connector alice{mine, at_once};
        group_connector bob{connect(), at_once};
        auto events = co_await alice.async_watch();
        co_await alice.async_join("alice", "1");
        co_await bob.async_join("bob");
        co_await alice.async_put("of alice", "1");
        co_await alice.async_put("kept", "1", {.lifetime = persistent});
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        names known;
        co_await until(events, known, these("alice", "bob"));

        server.restart_empty();
        auto const took = co_await back_after(bob, these("alice", "bob"));
        check_back_in_time(took);
        co_await until(events, known, these("alice", "bob"));
        auto const members = co_await bob.async_members();
        BOOST_TEST(members.at(0).value == "1");
        co_await alice.async_put("through", "its session");  // which stands when everything is put again
        auto const again = co_await bob.async_get("of alice");
        BOOST_TEST(again.value_or("none") == "1");
        auto const kept = co_await bob.async_get("kept");
        BOOST_TEST(!kept.has_value());

        co_await held->async_lost(asio::cancel_after(1s * slowdown(), asio::deferred));  // throws if it was not
        BOOST_TEST((held->state() == lock_state::lost));
        auto const holder = co_await bob.async_inspect("a");
        BOOST_TEST(!holder.has_value());
        auto const [error] = co_await held->async_release(as_tuple);
        BOOST_TEST((error == errc::lost));
        auto const next_holder = co_await bob.async_try_lock("a");
        BOOST_TEST_REQUIRE(next_holder.has_value());
        BOOST_TEST(next_holder->fence() > held->fence());

        BOOST_TEST(mine.metrics().lost_sessions == 1U);
        BOOST_TEST(mine.metrics().lost_locks == 1U);
        auto const beats = mine.metrics().beats;
        co_await pause(2 * tempo.heartbeat);
        BOOST_TEST(mine.metrics().beats > beats);

        // And the stream goes on.
        co_await bob.async_leave("bob");
        co_await until(events, known, these("alice"));
        co_await bob.async_erase("kept");
    });
}

BOOST_AUTO_TEST_CASE(empty_and_whoever_holds_a_lock_keeps_it)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect();
        group_connector alice{mine, lasting(3s)};
        group_connector bob{connect(), lasting(3s)};
        auto held = co_await alice.async_lock("a");
        auto const waits = std::make_shared<std::optional<lock>>();
        bob.async_lock("a", [waits](error_code, lock got) { *waits = std::move(got); });
        co_await bob.async_join("bob");
        server.restart_empty();
        co_await back_after(alice, these("bob"));
        co_await alice.async_join("alice");  // its session stands again: what it holds is confirmed
        BOOST_TEST((held.state() == lock_state::held));
        BOOST_TEST(mine.metrics().lost_sessions == 1U);
        BOOST_TEST(mine.metrics().lost_locks == 0U);
        auto const info = co_await bob.async_inspect("a");
        BOOST_TEST_REQUIRE(info.has_value());
        BOOST_TEST(info->fence == held.fence());
        auto const other = co_await bob.async_try_lock("free");
        BOOST_TEST(!other.has_value());  // somebody who is not back yet may have it
        BOOST_TEST(!waits->has_value());
        co_await held.async_release();
        while (!*waits)
            co_await pause(1ms);
        BOOST_TEST((*waits)->fence() > held.fence());
        waits->reset();
    });
}

BOOST_AUTO_TEST_CASE(with_its_data)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect();
        group_connector alice{mine, lasting(5s)};
        group_connector bob{connect(), lasting(5s)};
        co_await alice.async_join("alice");
        co_await bob.async_join("bob");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());

        server.restart_with_data();
        auto const took = co_await back_after(bob, these("alice", "bob"));
        check_back_in_time(took);
        auto const other = co_await bob.async_try_lock("a");
        BOOST_TEST(!other.has_value());
        co_await alice.async_update("alice", "2");  // goes through the session
        BOOST_TEST((held->state() == lock_state::held));
        BOOST_TEST(mine.metrics().lost_sessions == 0U);
        auto const info = co_await bob.async_inspect("a");
        BOOST_TEST_REQUIRE(info.has_value());
        BOOST_TEST(info->fence == held->fence());
        co_await held->async_release();
    });
}

BOOST_AUTO_TEST_CASE(with_its_data_but_too_late)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect();
        group_connector alice{mine, tempo};
        group_connector bob{connect(), tempo};
        co_await alice.async_join("alice");
        co_await bob.async_join("bob");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());

        stop_with_data(server);
        auto const down = steady::now();
        co_await held->async_lost(asio::cancel_after(10s, asio::deferred));
        BOOST_TEST(ms_since(down) <= tempo.ttl->count());  // no message tells him: his own clock does
        co_await pause(*tempo.ttl + 100ms);
        server.start();
        auto const took = co_await back_after(bob, these("alice", "bob"));
        check_back_in_time(took);
        auto const next_holder = co_await bob.async_try_lock("a");
        BOOST_TEST_REQUIRE(next_holder.has_value());
        BOOST_TEST(next_holder->fence() > held->fence());
        BOOST_TEST(mine.metrics().lost_sessions >= 1U);
    });
}

BOOST_AUTO_TEST_CASE(killed_for_longer_than_the_ttl)
{
    live([&]() -> asio::awaitable<void> {
        group_connector alice{connect(), tempo};
        group_connector bob{connect(), tempo};
        auto events = co_await bob.async_watch();
        co_await alice.async_join("alice");
        co_await alice.async_put("of alice", "1");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        names known;
        co_await until(events, known, these("alice"));

        server.kill();
        auto const down = steady::now();
        co_await held->async_lost(asio::cancel_after(10s, asio::deferred));
        BOOST_TEST(ms_since(down) <= tempo.ttl->count());
        co_await pause(*tempo.ttl + 100ms);
        server.start();
        auto const took = co_await back_after(bob, these("alice"));
        check_back_in_time(took);
        co_await until(events, known, these("alice"));
        co_await alice.async_put("through", "its session");  // which stands when everything is put again
        auto const again = co_await bob.async_get("of alice");
        BOOST_TEST(again.value_or("none") == "1");
        auto const free = co_await bob.async_inspect("a");
        BOOST_TEST(!free.has_value());
    });
}

BOOST_AUTO_TEST_CASE(what_is_asked_meanwhile_is_done_when_it_is_back)
{
    live([&]() -> asio::awaitable<void> {
        client_config patient;
        patient.timeout = 10s * slowdown();
        group_connector alice{connect({}, patient), tempo};
        co_await alice.async_join("alice");
        server.kill();
        std::optional<std::exception_ptr> ended;
        auto const work = [&]() -> asio::awaitable<void> {
            co_await alice.async_join("second");
            co_await alice.async_put("path", "1");
            auto const held = co_await alice.async_lock("a");  // when the quarantine is over
            BOOST_TEST((held.state() == lock_state::held));
        };
        asio::co_spawn(io, work(), [&](std::exception_ptr error) { ended = error; });
        co_await pause(300ms);
        BOOST_TEST(!ended.has_value());
        server.start();
        while (!ended)
            co_await pause(10ms);
        if (*ended)
            std::rethrow_exception(*ended);
        BOOST_TEST(co_await listed(alice) == these("alice", "second"));
    });
}

BOOST_AUTO_TEST_CASE(a_server_that_stays_away_is_a_clear_error)
{
    live([&]() -> asio::awaitable<void> {
        client_config brief;
        brief.timeout = 300ms;
        group_connector alice{connect({}, brief), tempo};
        co_await alice.async_join("alice");
        server.kill();
        co_await pause(50ms);  // the connection has ended, nothing more is sent
        auto const before = steady::now();
        auto const [error] = co_await alice.async_put("path", "1", as_tuple);
        BOOST_TEST((error == errc::not_connected));
        BOOST_TEST(error.message().find(std::to_string(server.port())) != std::string::npos, error.message());
        BOOST_TEST(ms_since(before) <= 300 + 200 * slowdown());
        auto const [at_close] = co_await alice.async_close(as_tuple);
        BOOST_TEST(!!at_close);
    });
}

// A lock is contended while the server comes and goes: by the clock of this process, nobody gets it while another may believe in it.
BOOST_AUTO_TEST_CASE(never_two_holders)
{
    live([&]() -> asio::awaitable<void> {
        int holders = 0;
        int most = 0;
        int taken = 0;
        std::uint64_t last_fence = 0;
        bool over = false;
        int running = 0;
        auto const contend = [&]() -> asio::awaitable<void> {
            group_connector group{connect(), tempo};
            ++running;
            while (!over)
            {
                auto [error, held] = co_await group.async_try_lock("a", as_tuple);
                if (!error && held && held->state() != lock_state::lost)
                {
                    most = std::max(most, ++holders);
                    BOOST_TEST(held->fence() > last_fence);
                    last_fence = std::max(last_fence, held->fence());
                    ++taken;
                    auto const until = steady::now() + 20ms;
                    while (held->state() != lock_state::lost && steady::now() < until)
                        co_await pause(1ms);
                    --holders;
                    co_await held->async_release(as_tuple);
                }
                co_await pause(1ms);
            }
            --running;
        };
        for (int i = 0; i < 4; ++i)
            asio::co_spawn(io, contend(), asio::detached);
        for (int i = 0; i < 4; ++i)
        {
            co_await pause(700ms);
            server.restart_with_data();  // without them nobody could know who holds it
        }
        co_await pause(1s);
        over = true;
        while (running > 0)
            co_await pause(10ms);
        BOOST_TEST(most == 1);
        BOOST_TEST(taken > 50 / slowdown());
        BOOST_TEST_MESSAGE(fmt::format("taken {} times", taken));
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
