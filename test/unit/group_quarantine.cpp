// The store loses its data: whoever holds a lock keeps it, and nobody gets one beside a holder who has not heard of it yet.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_mode;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_quarantine, world)

BOOST_AUTO_TEST_CASE(a_holder_keeps_his_lock)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const lost = start(held.async_lost());
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    auto const fence = held.fence();
    server.lose_data();
    run_for(1min);
    BOOST_TEST(lost->times == 0);
    BOOST_TEST((held.state() == lock_state::held));
    BOOST_TEST(held.fence() == fence);
    BOOST_TEST(waits->times == 0);
    BOOST_TEST(a.count().lost_sessions == 1U);
    BOOST_TEST(a.count().lost_locks == 0U);
    auto const info = ok(b->async_inspect("l"));
    BOOST_REQUIRE(info.has_value());
    BOOST_TEST(info->member == "a");
    BOOST_TEST(info->fence == fence);
    ok(held.async_release());
    settle();
    BOOST_REQUIRE(waits->good());
    BOOST_TEST(waits->value.fence() > fence);
    ok(waits->value.async_release());
}

// The point of it all: he who cannot be reached believes in his lock until his deadline.
BOOST_AUTO_TEST_CASE(nobody_holds_it_beside_a_holder_who_has_not_heard)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(6s);
    a.runs = false;  // his view is his lease alone
    server.lose_data();
    server.disconnect_all();
    while (held.state() != lock_state::lost)
    {
        run_for(10ms);
        BOOST_TEST(waits->times == 0);
        BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
        BOOST_TEST(!ok(b->async_try_lock("l", leased(1h))).has_value());
    }
    run_for(8s);
    BOOST_REQUIRE(waits->good());
    BOOST_TEST(waits->value.fence() > held.fence());
    a.runs = true;
    run_for(10s);
    BOOST_TEST((waits->value.state() == lock_state::held));
    BOOST_TEST(a.count().lost_locks == 1U);
}

BOOST_AUTO_TEST_CASE(without_it_there_are_two_for_a_while)
{
    auto& a = make("a", without_quarantine());
    auto& b = make("b", without_quarantine());
    auto const held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(6s);
    a.runs = false;
    server.lose_data();
    server.disconnect_all();
    run_for(1s);
    BOOST_TEST(waits->good());
    BOOST_TEST((held.state() != lock_state::lost));
}

BOOST_AUTO_TEST_CASE(who_waits_gets_it_when_the_quarantine_ends)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(6s);
    a.runs = false;
    server.lose_data();
    auto const then = clock->now();
    server.disconnect_all();
    BOOST_REQUIRE(run_until([&] { return waits->times == 1; }, 20s));
    BOOST_TEST((waits->at - then <= 7500ms + 1100ms));  // a ttl, and up to a backoff until the new epoch began
}

BOOST_AUTO_TEST_CASE(readers_permits_leaders_and_several_at_once_are_kept)
{
    auto& a = make("a");
    auto& b = make("b");
    coterie::lock_options reading;
    reading.mode = lock_mode::shared;
    coterie::permit_options two;
    two.limit = 2;
    auto const ra = ok(a->async_lock("r", reading));
    auto const rb = ok(b->async_lock("r", reading));
    auto const pa = ok(a->async_acquire("p", two));
    auto const pb = ok(b->async_acquire("p", two));
    auto const all = ok(a->async_lock_all({"x", "y"}));
    auto term = ok(b->async_campaign("role", "1"));
    ok(term.async_proclaim("2"));
    run_for(1s);
    server.lose_data();
    server.disconnect_all();
    run_for(1min);
    for (auto const* each : {&ra, &rb, &pa, &pb, &all})
        BOOST_TEST((each->state() == lock_state::held));
    BOOST_TEST((term.state() == lock_state::held));
    auto const leader = ok(a->async_leader("role"));
    BOOST_REQUIRE(leader.has_value());
    BOOST_TEST(leader->term == term.term());
    BOOST_TEST(leader->value == "2");
    BOOST_TEST(ok(b->async_inspect("r"))->holders.size() == 2U);
    BOOST_TEST(ok(b->async_inspect("p"))->holders.size() == 2U);
    BOOST_TEST(ok(b->async_inspect("y"))->fence == all.fence());
}

BOOST_AUTO_TEST_CASE(a_lease_of_its_own_is_lost)
{
    auto& a = make("a");
    auto const held = ok(a->async_lock("l", leased(1h)));
    server.lose_data();
    run_for(10s);
    BOOST_TEST((held.state() == lock_state::lost));
}

// A session that ended is another matter: somebody else may have its locks.
BOOST_AUTO_TEST_CASE(a_lost_session_keeps_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    ok(b->async_join());
    run_for(1s);
    server.step_time(30s);  // its lease is over there, and not here
    auto const gets = ok(b->async_lock("l"));
    run_for(6s);
    BOOST_TEST((held.state() == lock_state::lost));
    BOOST_TEST(gets.fence() > held.fence());
}

// A second connector of a program that was there before opens its first session before anybody else has heard.
BOOST_AUTO_TEST_CASE(another_connector_of_a_program_that_was_there_knows_too)
{
    auto& a = make("a");
    auto& h = make("h");
    ok(a->async_join());
    auto const held = ok(h->async_lock("l"));
    run_for(1s);
    server.lose_data();
    coterie::group_connector second{*a.client, {.member = "second"}};
    BOOST_TEST(!ok(second.async_try_lock("l")).has_value());
    run_for(20s);
    BOOST_TEST((held.state() == lock_state::held));
    BOOST_TEST(ok(second.async_inspect("l"))->member == "h");
}

BOOST_AUTO_TEST_CASE(a_group_that_ended_by_itself_begins_without)
{
    auto& a = make("a");
    ok(a->async_lock("l"));
    ok(a->async_close());
    auto& b = make("b");
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

// Confirming may fail, or its answer be lost, as often as it likes: in the end both sides agree.
BOOST_AUTO_TEST_CASE(a_confirmation_is_tried_again)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after, fault::refuse})
    {
        world w;
        auto& a = w.make("a");
        auto& b = w.make("b");
        auto held = w.ok(a->async_lock("l"));
        w.run_for(4s);
        w.fail_next("acquire", {what});
        w.server.lose_data();
        w.run_for(4s);
        if (what != fault::drop_before && what != fault::drop_after)  // these take longer than what is left of the lease
            BOOST_TEST((held.state() == lock_state::held));
        w.run_for(30s);
        auto const info = w.ok(b->async_inspect("l"));
        BOOST_TEST((held.state() == lock_state::held) == info.has_value());
        w.ok(a->async_close());
        BOOST_TEST(w.ok(b->async_try_lock("l")).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_lock_given_back_meanwhile_is_free_afterwards)
{
    for (int handlers = 0; handlers < 60; ++handlers)
    {
        world w;
        auto& a = w.make("a");
        auto& b = w.make("b");
        auto held = w.ok(a->async_lock("l"));
        auto other = w.ok(a->async_lock("m"));
        w.run_for(4s);
        w.server.lose_data();
        w.server.disconnect_all();
        int left = handlers;
        w.run_until([&] { return left-- == 0; }, 2s);
        auto const released = w.start(held.async_release());
        w.run_for(10s);
        BOOST_TEST(released->times == 1);
        BOOST_TEST((other.state() == lock_state::held));
        BOOST_TEST(!w.ok(b->async_inspect("l")).has_value());
        BOOST_TEST(w.ok(b->async_try_lock("l")).has_value());
        w.ok(a->async_close());
        BOOST_TEST(w.ok(b->async_try_lock("m")).has_value());
    }
}

// Whoever asks in between hears what will be, not that all is lost.
BOOST_AUTO_TEST_CASE(a_leader_proclaims_and_resigns_over_lost_data)
{
    for (int handlers = 0; handlers < 60; ++handlers)
        for (bool const proclaims : {true, false})
        {
            world w;
            auto& a = w.make("a");
            auto& b = w.make("b");
            auto term = w.ok(a->async_campaign("role", "1"));
            w.run_for(4s);
            w.server.lose_data();
            w.server.disconnect_all();
            int left = handlers;
            w.run_until([&] { return left-- == 0; }, 2s);
            auto const done = proclaims ? w.start(term.async_proclaim("2")) : w.start(term.async_resign());
            w.run_for(10s);
            BOOST_TEST(done->good());
            auto const leader = w.ok(b->async_leader("role"));
            BOOST_TEST(leader.has_value() == proclaims);
            if (leader)
                BOOST_TEST(leader->value == "2");
        }
}

// One after the other they would come too late.
BOOST_AUTO_TEST_CASE(many_are_confirmed_together)
{
    auto& a = make("a");
    std::vector<coterie::lock> held;
    for (int i = 0; i < 500; ++i)
        held.push_back(ok(a->async_lock("l" + std::to_string(i))));
    int requested = 0;
    server.on_request([&](testing::request const& request) {
        testing::request_fault slow;
        if (request.operation == "acquire" && requested++ % 250 == 0)
            slow.delay = 20ms;  // those behind it wait with it
        return slow;
    });
    server.lose_data();
    server.disconnect_all();
    run_until([&] { return requested > 0; }, 10s);
    run_for(10ms);
    BOOST_TEST(requested > 100);
    run_for(10s);
    BOOST_TEST(requested == 500);
    for (auto const& each : held)
        BOOST_TEST((each.state() == lock_state::held));
}

BOOST_AUTO_TEST_SUITE_END()
