#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

namespace {

coterie::lock_options by(std::string_view member, bool reentrant = false)
{
    coterie::lock_options options;
    options.member = member;
    options.reentrant = reentrant;
    return options;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_locks, world)

BOOST_AUTO_TEST_CASE(a_lock_is_taken_once)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    BOOST_REQUIRE(lock.has_value());
    BOOST_TEST(lock->name() == "l");
    BOOST_TEST(lock->member() == "a");
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(!ok(a->async_try_lock("l")).has_value());
    BOOST_TEST(!ok(a->async_try_lock("l", by("other"))).has_value());
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    BOOST_TEST(!ok(b->async_try_lock("l", by("a", true))).has_value());
    auto no_wait = by("b");
    no_wait.wait = 0ms;
    BOOST_TEST((error_of(b->async_lock("l", no_wait)) == errc::timed_out));
    BOOST_TEST(!ok(b->async_release("l")));
    BOOST_TEST(!ok(b->async_release("a", "l")));
    BOOST_TEST(!ok(a->async_release("other", "l")));
    BOOST_TEST(ok(a->async_release("l")));
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST(!ok(a->async_release("l")));
    BOOST_TEST(ok(b->async_lock("l", no_wait)).fence() > lock->fence());
}

BOOST_AUTO_TEST_CASE(a_failed_try_changes_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(b->async_join());
    auto const lock = ok(a->async_try_lock("l"));
    run_for(1s);
    auto const before = server.dump("default-group");
    auto const deadline = lock->deadline();
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    BOOST_TEST(!ok(b->async_try_lock("l", leased(1h))).has_value());
    BOOST_TEST(server.dump("default-group") == before);
    BOOST_TEST((lock->deadline() == deadline));
}

BOOST_AUTO_TEST_CASE(reentrant_holds_are_counted)
{
    auto& a = make("a");
    auto& b = make("b");
    auto first = ok(a->async_try_lock("l", by("m", true)));
    auto second = ok(a->async_try_lock("l", by("m", true)));
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(first->fence() == second->fence());
    BOOST_TEST(!ok(a->async_try_lock("l", by("n", true))).has_value());
    ok(first->async_release());
    BOOST_TEST((first->state() == lock_state::lost));
    BOOST_TEST((second->state() == lock_state::held));
    BOOST_TEST((error_of(first->async_release()) == errc::lost));
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    ok(second->async_release());
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_release_by_name_gives_back_every_hold)
{
    auto& a = make("a");
    auto& b = make("b");
    auto first = ok(a->async_try_lock("l", by("m", true)));
    auto second = ok(a->async_try_lock("l", by("m", true)));
    auto const lost = start(second->async_lost());
    BOOST_TEST(ok(a->async_release("m", "l")));
    settle();
    BOOST_TEST((lost->error == errc::closed));
    BOOST_TEST((first->state() == lock_state::lost));
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
    BOOST_TEST((error_of(second->async_release()) == errc::lost));
}

BOOST_AUTO_TEST_CASE(a_destroyed_lock_is_given_back)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_try_lock("l")).reset();
    settle();
    auto lock = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(lock.has_value());
    *lock = coterie::lock{};
    BOOST_TEST((lock->state() == lock_state::lost));
    settle();
    BOOST_TEST(ok(a->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(two_connectors_of_one_name_share_no_lock)
{
    auto& a = make("same");
    auto& b = make("same");
    auto const lock = ok(a->async_try_lock("l", by("same", true)));
    BOOST_TEST(!ok(b->async_try_lock("l", by("same", true))).has_value());
    BOOST_TEST(!ok(b->async_release("same", "l")));
    BOOST_TEST((lock->state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(a_lock_is_renewed_while_its_holder_lives_and_free_soon_after_its_death)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const lock = ok(a->async_try_lock("l"));
    run_for(1h);
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    a.runs = false;
    run_for(7500ms);
    auto const taken = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    BOOST_TEST(taken->fence() > lock->fence());
}

BOOST_AUTO_TEST_CASE(a_fixed_lease_is_never_renewed)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l", leased(30s)));
    auto const lost = start(lock->async_lost());
    auto const info = ok(b->async_inspect("l"));
    BOOST_TEST(info->fixed);
    BOOST_TEST((info->remaining == 30s));
    run_for(29s);
    BOOST_TEST((lock->state() == lock_state::held));
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    run_for(1s);
    BOOST_TEST(lost->good());
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_fixed_lease_outlives_its_process)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l", leased(30s)));
    a.runs = false;
    run_for(29s);
    BOOST_TEST(ok(b->async_inspect("l"))->member == "a");
    run_for(1s);
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(inspect_tells_who_holds_it)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const lock = ok(a->async_try_lock("l", by("m")));
    run_for(1s);
    auto const info = ok(b->async_inspect("l"));
    BOOST_TEST(info->member == "m");
    BOOST_TEST(info->fence == lock->fence());
    BOOST_TEST(info->session.size() == 16u);
    BOOST_TEST((info->remaining == 6500ms));
    BOOST_TEST(!info->fixed);
    BOOST_TEST(!ok(b->async_inspect("other")).has_value());
}

BOOST_AUTO_TEST_CASE(fences_grow_over_lost_data_and_a_clock_set_back)
{
    auto& a = make("a", without_quarantine());
    std::uint64_t last = 0;
    for (int i = 0; i < 4; ++i)
    {
        auto lock = ok(a->async_try_lock("l"));
        BOOST_REQUIRE(lock.has_value());
        BOOST_TEST(lock->fence() > last);
        last = lock->fence();
        ok(lock->async_release());
        if (i == 1)
            server.step_time(-1h);
        if (i > 0)
            server.lose_data();
    }
}

BOOST_AUTO_TEST_CASE(a_lock_whose_outcome_is_unknown_is_given_back)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    for (auto const& options : {leased(1h), coterie::lock_options{}})
    {
        fail_next(options.lease ? "acquire" : "lock", {.what = fault::drop_after}, 1000);
        BOOST_TEST((error_of(a->async_try_lock("l", options)) == errc::outcome_unknown));
        server.on_request({});
        run_for(5s);
        BOOST_TEST(!ok(b->async_inspect("l")).has_value());
        auto lock = ok(b->async_try_lock("l"));
        BOOST_REQUIRE(lock.has_value());
        ok(lock->async_release());
    }
}

BOOST_AUTO_TEST_CASE(a_lock_that_could_not_be_asked_for_is_not_connected)
{
    auto& a = make("a");
    ok(a->async_join());
    server.refuse_connections(true);
    server.disconnect_all();
    settle();
    BOOST_TEST((error_of(a->async_try_lock("l")) == errc::not_connected));
    server.refuse_connections(false);
    run_for(10s);
    BOOST_TEST(!ok(a->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_server_refuses_locks_and_takes_them_back)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    server.full(true);
    auto const refused = error_of(a->async_try_lock("k"));
    BOOST_TEST((refused == errc::refused));
    BOOST_TEST(refused.message().find("OOM") != std::string::npos);
    run_for(20s);
    BOOST_TEST((lock->state() == lock_state::held));
    ok(lock->async_release());
    BOOST_TEST(!ok(a->async_inspect("l")).has_value());
    BOOST_TEST(!ok(a->async_inspect("k")).has_value());
}

// The reply was lost, or the connection: the lock is free all the same, and released once.
BOOST_AUTO_TEST_CASE(a_release_survives_every_fault)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
    {
        auto& a = make("a");
        auto lock = ok(a->async_try_lock("l"));
        fail_next("unlock", {.what = what});
        ok(lock->async_release());
        BOOST_TEST(!ok(a->async_inspect("l")).has_value());
        lock = ok(a->async_try_lock("l"));
        fail_next("unlock", {.what = what});
        BOOST_TEST(ok(a->async_release("l")));
        BOOST_TEST(!ok(a->async_inspect("l")).has_value());
        ok(a->async_close());
    }
}

BOOST_AUTO_TEST_CASE(a_release_that_could_not_be_sent_in_time_happens_later)
{
    group_config slow;
    slow.heartbeat = 60s;
    auto& a = make("a", slow);
    auto& b = make("b");
    for (bool const by_name : {false, true})
    {
        auto lock = ok(a->async_try_lock("l"));
        server.refuse_connections(true);
        server.disconnect_all();
        settle();
        auto const error = by_name ? error_of(a->async_release("l")) : error_of(lock->async_release());
        BOOST_TEST((error == errc::not_connected));
        server.refuse_connections(false);
        run_for(2s);
        BOOST_TEST(!ok(b->async_inspect("l")).has_value());
        ok(a->async_join());  // the session is the same
        BOOST_TEST(a.count().lost_sessions == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_handle_that_holds_nothing)
{
    coterie::lock none;
    BOOST_TEST((none.state() == lock_state::lost));
    BOOST_TEST(none.name().empty());
    BOOST_TEST(none.fence() == 0u);
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    coterie::lock const moved{std::move(*lock)};
    BOOST_TEST((lock->state() == lock_state::lost));
    BOOST_TEST((moved.state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(the_wait_for_the_loss_of_a_hold_ends_when_its_handle_is_destroyed)
{
    auto& a = make("a");
    auto first = ok(a->async_try_lock("l"));
    coterie::lock_options again;
    again.reentrant = true;
    auto const second = ok(a->async_try_lock("l", again));
    auto const lost = start(first->async_lost());
    settle();
    first.reset();
    settle();
    BOOST_TEST((lost->error == errc::closed));
    BOOST_TEST((second->state() == lock_state::held));
}

BOOST_AUTO_TEST_SUITE_END()
