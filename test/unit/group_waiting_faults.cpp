// Waiting for locks while pushes, processes, sessions, connections and the store's data are lost: nobody is forgotten, nobody blocks the line.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_waiting_faults, world)

BOOST_AUTO_TEST_CASE(a_lost_push_is_made_good_by_the_next_beat)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(7s);
    server.drop_pushes(true);
    auto const begin = clock->now();
    ok(held.async_release());
    run_until([&] { return waits->times > 0; }, 1min);
    BOOST_TEST(waits->good());
    BOOST_TEST((waits->at - begin <= 5s));
}

BOOST_AUTO_TEST_CASE(a_duplicated_push_is_one_grant)
{
    auto& a = make("a");
    auto& b = make("b");
    server.on_push([](testing::push const&) { return testing::push_fault{testing::push_fault::kind::duplicate}; });
    auto held = ok(a->async_lock("l"));
    auto const first = start(b->async_lock("l"));
    auto const second = start(b->async_lock("l", waiting(coterie::forever, "other")));
    run_for(1s);
    ok(held.async_release());
    settle();
    BOOST_TEST(first->good());
    BOOST_TEST(second->times == 0);
    ok(first->value.async_release());
    settle();
    BOOST_TEST(second->good());
}

// The grant was taken by force while the word of it was on its way.
BOOST_AUTO_TEST_CASE(a_push_that_comes_after_a_forced_release_grants_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(6s);
    server.on_push([](testing::push const&) { return testing::push_fault{.what = testing::push_fault::kind::none, .delay = 30s}; });
    ok(held.async_release());
    BOOST_TEST(ok(c->async_force_release("l")));
    auto const other = ok(c->async_try_lock("l"));
    BOOST_REQUIRE(other.has_value());
    run_for(60s);
    BOOST_TEST((other->state() == lock_state::held));
    BOOST_TEST(waits->times == 0);
}

BOOST_AUTO_TEST_CASE(a_crash_hands_over_with_the_end_of_the_lease)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    auto const remaining = ok(b->async_inspect("l"))->remaining;
    auto const begin = clock->now();
    a.runs = false;
    run_until([&] { return waits->times > 0; }, 1min);
    BOOST_REQUIRE(waits->good());
    BOOST_TEST((waits->at >= begin + remaining));
    BOOST_TEST((waits->at <= begin + remaining + 100ms));
}

BOOST_AUTO_TEST_CASE(a_term_of_somebody_else_hands_over_with_its_end)
{
    auto& a = make("a");
    auto& b = make("b");
    run_for(1s);
    auto const held = ok(a->async_lock("l", leased(300ms)));
    auto const begin = clock->now();
    a.runs = false;
    auto const waits = start(b->async_lock("l"));
    run_until([&] { return waits->times > 0; }, 1min);
    BOOST_REQUIRE(waits->good());
    BOOST_TEST((waits->at <= begin + 400ms));
}

// Whoever waits watches no members, and yet has to hear that somebody came whose lease is shorter than all before.
BOOST_AUTO_TEST_CASE(a_holder_with_a_shorter_lease_who_came_later_is_handed_over_in_time)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    ok(b->async_join());
    auto const warm = ok(b->async_lock("other"));
    auto const first = start(b->async_lock("l"));
    run_for(1s);
    first->cancel.emit(asio::cancellation_type::terminal);
    auto& c = make("c", {.heartbeat = 100ms, .ttl = 150ms});
    auto const brief = start(c->async_lock("l"));
    run_for(50ms);
    auto const waits = start(b->async_lock("l"));
    run_for(50ms);
    ok(held.async_release());
    settle();
    BOOST_REQUIRE(brief->good());
    auto const begin = clock->now();
    c.runs = false;
    run_until([&] { return waits->times > 0; }, 1min);
    BOOST_TEST(waits->good());
    BOOST_TEST((waits->at <= begin + 250ms));
}

BOOST_AUTO_TEST_CASE(a_dead_waiter_does_not_block_the_line)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& d = make("d");
    auto held = ok(a->async_lock("l"));
    auto const dead = start(b->async_lock("l"));
    run_for(10ms);
    auto const next = start(d->async_lock("l"));
    run_for(10ms);
    b.runs = false;
    run_for(20s);
    ok(held.async_release());
    settle();
    BOOST_TEST(next->good());
}

BOOST_AUTO_TEST_CASE(who_waits_goes_on_waiting_under_a_new_session)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    b.runs = false;
    run_for(20s);  // its session is over, and its place gone
    b.runs = true;
    run_for(5s);
    BOOST_TEST(b.count().lost_sessions == 1U);
    BOOST_TEST(waits->times == 0);
    ok(held.async_release());
    settle();
    BOOST_TEST(waits->good());
}

BOOST_AUTO_TEST_CASE(nobody_is_forgotten_when_the_store_loses_its_data)
{
    auto& a = make("a", without_quarantine());
    auto& b = make("b", without_quarantine());
    auto& d = make("d", without_quarantine());
    auto const held = ok(a->async_lock("l"));
    auto const first = start(b->async_lock("l"));
    auto const second = start(d->async_lock("l"));
    run_for(1s);
    server.lose_data();
    run_for(20s);
    BOOST_TEST((held.state() == lock_state::lost));
    BOOST_TEST(first->times + second->times == 1);
    auto const& winner = first->times == 1 ? first : second;
    auto const& other = first->times == 1 ? second : first;
    BOOST_REQUIRE(winner->good());
    BOOST_TEST(winner->value.fence() > held.fence());
    ok(winner->value.async_release());
    run_for(1s);
    BOOST_TEST(other->good());
}

BOOST_AUTO_TEST_CASE(waiting_lasts_over_a_broken_connection)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    server.disconnect_all();
    run_for(3s);
    BOOST_TEST(waits->times == 0);
    auto const released = end_of(held.async_release());
    settle();
    BOOST_TEST(waits->good());
}

BOOST_AUTO_TEST_CASE(without_a_store_a_waiter_that_has_no_place_hears_it)
{
    auto& a = make("a");
    server.refuse_connections(true);
    BOOST_TEST((error_of(a->async_lock("l")) == errc::not_connected));
    auto const soon = end_of(a->async_lock("l", waiting(100ms)));
    BOOST_TEST((soon->error == errc::timed_out));
}

// Until then he has asked the store for nothing.
BOOST_AUTO_TEST_CASE(the_time_to_reach_the_store_begins_when_others_of_the_program_have_let_one_in)
{
    auto& a = make("a");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(a->async_lock("l"));
    run_for(1min);
    auto const release = start(held.async_release());
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(2s);
    BOOST_TEST(waits->times == 0);
    server.refuse_connections(false);
    run_for(2s);
    BOOST_TEST(release->good());
    BOOST_TEST(waits->good());
}

BOOST_AUTO_TEST_CASE(who_does_not_wait_hears_in_time_that_a_lock_cannot_come_back_because_the_store_is_away)
{
    auto& a = make("a");
    auto held = ok(a->async_lock("l"));
    server.refuse_connections(true);
    server.disconnect_all();
    auto const release = start(held.async_release());
    run_for(1s);
    auto const begin = clock->now();
    auto const tries = start(a->async_try_lock("l"));
    run_until([&] { return tries->times > 0; }, 1min);
    BOOST_TEST((tries->error == errc::not_connected));
    BOOST_TEST((tries->at - begin == 4s));
    server.refuse_connections(false);
    run_for(20s);
    BOOST_TEST(ok(a->async_try_lock("l")).has_value());
}

// It has come back meanwhile, and now the store does not answer: his time to reach it has begun just then.
BOOST_AUTO_TEST_CASE(who_does_not_wait_and_is_asked_for_at_last_has_the_whole_time_for_that)
{
    auto& a = make("a");
    auto held = ok(a->async_lock("l"));
    fail_next("unlock", {.what = fault::none, .delay = 1s});
    auto const release = start(held.async_release());
    settle();
    fail_next("lock", {.what = fault::drop_before, .delay = 0ms}, 1000);
    auto const begin = clock->now();
    auto const tries = start(a->async_try_lock("l"));
    run_until([&] { return tries->times > 0; }, 1min);
    BOOST_TEST(release->good());
    BOOST_TEST((tries->error == errc::outcome_unknown));
    BOOST_TEST((tries->at - begin >= 1s + 4s));
    BOOST_TEST((tries->at - begin <= 1s + 4s + 1500ms));  // one more response timeout
}

// He would keep the connector alive, and with it the connections, for as long as he was ready to wait.
BOOST_AUTO_TEST_CASE(who_hears_that_the_outcome_is_unknown_waits_no_more)
{
    auto& a = make("a");
    ok(a->async_join());
    fail_next("lock", {.what = fault::drop_after, .delay = 0ms}, 1000);
    BOOST_TEST((error_of(a->async_lock("l")) == errc::outcome_unknown));
    server.on_request({});
    run_for(1min);
    ok(a->async_close());
    a.group.reset();
    a.client.reset();
    settle();
    BOOST_TEST(server.connections() == 0U);
    a.io.restart();
    a.io.poll();
    BOOST_TEST(a.io.stopped());  // nothing keeps the context running
}

BOOST_AUTO_TEST_CASE(a_term_that_is_granted_while_its_connector_closes_goes_on_to_the_next)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& d = make("d");
    auto held = ok(a->async_lock("l"));
    auto const term = start(b->async_lock("l", leased(24h)));
    run_for(1s);
    auto const next = start(d->async_lock("l"));
    run_for(1s);
    server.drop_pushes(true);
    ok(held.async_release());
    ok(b->async_close());
    BOOST_TEST((term->error == errc::closed));
    run_for(10s);
    BOOST_TEST(next->good());
}

BOOST_AUTO_TEST_CASE(closing_ends_the_waiting)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    auto const behind = start(b->async_lock("l"));
    run_for(1s);
    ok(b->async_close());
    BOOST_TEST((waits->error == errc::closed));
    BOOST_TEST((behind->error == errc::closed));
    ok(held.async_release());
    ok(a->async_close());
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(the_end_of_the_context_ends_all)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    auto const behind = start(b->async_lock("l"));
    run_for(1s);
    forget(b);
    ok(held.async_release());
    BOOST_TEST(!waits->good());
    BOOST_TEST(!behind->good());
}

BOOST_AUTO_TEST_SUITE_END()
