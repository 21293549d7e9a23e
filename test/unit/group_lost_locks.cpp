// A holder learns that he lost a lock, in whatever way; and nobody is harmed by one who does not know yet.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_lost_locks, world)

BOOST_AUTO_TEST_CASE(without_any_message_the_holder_knows_before_the_store_frees_it)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto const deadline = lock->deadline();
    auto const lost = start(lock->async_lost());
    server.freeze();
    auto const begin = clock->now();
    BOOST_TEST(run_until([&] { return lock->state() == lock_state::uncertain; }));
    BOOST_TEST((clock->now() < deadline));
    BOOST_TEST(run_until([&] { return lost->times > 0; }));
    BOOST_TEST(lost->good());
    BOOST_TEST((lost->at == deadline));
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST((lost->at - begin < 7500ms));
    BOOST_TEST((lock->deadline() < clock->now()));
    server.thaw();
    run_for(3s);
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST(a.count().lost_locks == 1u);
    BOOST_TEST(a.logged("lock l of a is lost"));
    auto const taken = ok(b->async_try_lock("l"));
    BOOST_TEST((error_of(lock->async_release()) == errc::lost));
    BOOST_REQUIRE(ok(b->async_inspect("l")).has_value());
    BOOST_TEST(ok(b->async_inspect("l"))->fence == taken->fence());
}

// The state is right at the first look, before any handler had a chance to run.
BOOST_AUTO_TEST_CASE(a_process_that_was_stopped_knows_at_its_first_look)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto const lost = start(lock->async_lost());
    settle();
    a.runs = false;
    run_for(8s);
    BOOST_TEST((lock->state() == lock_state::lost));
    auto taken = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    a.runs = true;
    run_for(1s);
    BOOST_TEST(lost->good());
    BOOST_TEST((taken->state() == lock_state::held));
    BOOST_TEST(ok(a->async_inspect("l"))->fence == taken->fence());
    BOOST_TEST(!ok(a->async_release("l")));
    BOOST_TEST((taken->state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(a_stalled_holder_gives_nothing_back_that_is_not_his)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto const release = start(lock->async_release());
    a.runs = false;
    run_for(8s);
    auto const taken = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    a.runs = true;
    run_for(1s);
    BOOST_TEST((release->error == errc::lost));
    BOOST_TEST(ok(b->async_inspect("l"))->fence == taken->fence());
}

BOOST_AUTO_TEST_CASE(a_forced_release_is_heard_with_the_next_beat)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto other = ok(a->async_try_lock("k"));
    auto const lost = start(lock->async_lost());
    BOOST_TEST(ok(b->async_force_release("l")));
    BOOST_TEST(!ok(b->async_force_release("l")));
    auto const taken = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    BOOST_TEST(taken->fence() > lock->fence());
    run_for(5s);
    BOOST_TEST(lost->good());
    BOOST_TEST((other->state() == lock_state::held));
    BOOST_TEST((taken->state() == lock_state::held));
    BOOST_TEST(a.count().lost_sessions == 0u);
    run_for(1min);
    BOOST_TEST(ok(b->async_inspect("l"))->fence == taken->fence());
}

BOOST_AUTO_TEST_CASE(a_forced_fixed_lease_is_heard_too)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l", leased(1h)));
    auto const lost = start(lock->async_lost());
    BOOST_TEST(ok(b->async_force_release("l")));
    run_for(5s);
    BOOST_TEST(lost->good());
}

BOOST_AUTO_TEST_CASE(given_back_is_not_lost)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    auto const lost = start(lock->async_lost());
    ok(lock->async_release());
    BOOST_TEST((lost->error == errc::closed));
    BOOST_TEST((error_of(lock->async_lost()) == errc::closed));
}

BOOST_AUTO_TEST_CASE(closing_gives_back)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    auto fixed = ok(a->async_try_lock("k", leased(1h)));
    auto const lost = start(lock->async_lost());
    auto const also = start(fixed->async_lost());
    ok(a->async_close());
    BOOST_TEST((lost->error == errc::closed));
    BOOST_TEST((also->error == errc::closed));
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST(server.groups().empty());
}

// The beat came too late for the holder, but not for the store: what nobody believes in any more must not stay locked.
BOOST_AUTO_TEST_CASE(lost_here_but_not_in_the_store_is_freed_there)
{
    group_config tight;
    tight.heartbeat = 5s;
    tight.ttl = 6s;
    auto& a = make("a", tight);
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto const session = ok(b->async_inspect("l"))->session;
    auto const begin = clock->now();
    server.on_request([&](testing::request const& request) {
        testing::request_fault late;
        if (request.operation == "beat" && request.connection == 1)
            late.delay = begin + 5950ms - clock->now();
        return late;
    });
    run_for(5940ms);
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST(ok(b->async_inspect("l")).has_value());
    server.on_request({});
    run_for(100ms);
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
    BOOST_TEST(a.count().lost_sessions == 0u);
    auto const again = ok(a->async_try_lock("l"));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->fence() > lock->fence());
    BOOST_TEST(ok(b->async_inspect("l"))->session == session);
    run_for(20s);
    BOOST_TEST((again->state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(a_lock_tried_again_after_a_local_loss_is_a_new_one)
{
    group_config tight;
    tight.heartbeat = 5s;
    tight.ttl = 6s;
    auto& a = make("a", tight);
    auto lock = ok(a->async_try_lock("l"));
    auto const fence = lock->fence();
    auto const begin = clock->now();
    server.on_request([&](testing::request const& request) {
        testing::request_fault late;
        if (request.operation == "beat" && clock->now() < begin + 5950ms)
            late.delay = begin + 5950ms - clock->now();
        return late;
    });
    run_for(5900ms);
    BOOST_TEST((lock->state() == lock_state::lost));
    auto const again = ok(a->async_try_lock("l"));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->fence() > fence);
    run_for(20s);
    BOOST_TEST((again->state() == lock_state::held));
    BOOST_TEST(ok(a->async_inspect("l"))->fence == again->fence());
}

BOOST_AUTO_TEST_CASE(lost_data_means_lost_locks_without_quarantine)
{
    auto& a = make("a", without_quarantine());
    auto& b = make("b", without_quarantine());
    auto lock = ok(a->async_try_lock("l"));
    auto fixed = ok(a->async_try_lock("k", leased(1h)));
    auto const lost = start(lock->async_lost());
    auto const also = start(fixed->async_lost());
    settle();
    server.lose_data();
    server.disconnect_all();
    run_for(3s);
    BOOST_TEST(lost->good());
    BOOST_TEST(also->good());
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
    BOOST_TEST(!ok(b->async_inspect("k")).has_value());
    auto const again = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(again.has_value());
    run_for(1min);
    BOOST_TEST(ok(a->async_inspect("l"))->fence == again->fence());
    BOOST_TEST(a.count().lost_locks == 2u);
}

// It does not hang on the session.
BOOST_AUTO_TEST_CASE(a_fixed_lease_stands_when_the_session_was_lost)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l", leased(1h)));
    run_for(1s);
    a.runs = false;
    run_for(20s);
    a.runs = true;
    run_for(2s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(ok(b->async_inspect("l"))->fence == lock->fence());
    ok(lock->async_release());
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_short_outage_loses_nothing)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    for (int i = 0; i < 20; ++i)
    {
        run_for(1s);
        server.disconnect_all();
    }
    run_for(1s);
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(a.count().connects == 21u);
    BOOST_TEST(a.count().sessions == 1u);
    BOOST_TEST(a.count().lost_locks == 0u);
}

BOOST_AUTO_TEST_CASE(a_wait_for_the_loss_can_be_given_up_and_repeated)
{
    auto& a = make("a", without_quarantine());
    auto lock = ok(a->async_try_lock("l"));
    auto const given_up = start(lock->async_lost());
    auto const kept = start(lock->async_lost());
    settle();
    given_up->cancel.emit(asio::cancellation_type::total);
    settle();
    BOOST_TEST((given_up->error == asio::error::operation_aborted));
    BOOST_TEST(kept->times == 0);
    server.lose_data();
    run_for(10s);
    BOOST_TEST(kept->good());
    BOOST_TEST(given_up->times == 1);
}

// Each resume succeeds, and the look at the locks fails: what is not looked at is believed no longer than the lease lasts.
BOOST_AUTO_TEST_CASE(a_link_that_breaks_again_and_again_does_not_stretch_what_was_taken_by_force)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    auto const lost = start(lock->async_lost());
    settle();
    auto const deadline = lock->deadline();
    fail_next("verify", {fault::disconnect_before}, 1'000'000);
    BOOST_TEST(ok(b->async_force_release("l")));
    auto const taken = ok(b->async_lock("l"));
    run_for(20s);
    BOOST_TEST(lost->good());
    BOOST_TEST((lost->at <= deadline));
    BOOST_TEST((taken.state() == lock_state::held));
}

// What cannot be restored is no reason to lose a lock.
BOOST_AUTO_TEST_CASE(members_that_cannot_be_joined_again_cost_no_lock)
{
    auto& a = make("a");
    ok(a->async_join());
    auto lock = ok(a->async_try_lock("l"));
    fail_next("join", {fault::refuse}, 1'000'000);
    server.disconnect_all();
    run_for(1min);
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(a.count().lost_sessions == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
