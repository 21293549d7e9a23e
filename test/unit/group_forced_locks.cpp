// A forced release: whoever loses his lock hears it, and nobody else is touched.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_forced_locks, world)

BOOST_AUTO_TEST_CASE(a_term_of_an_earlier_session)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l", leased(1h)));
    a.runs = false;
    run_for(20s);
    a.runs = true;
    run_for(2s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST((lock->state() == lock_state::held));
    auto const lost = start(lock->async_lost());
    BOOST_TEST(ok(b->async_force_release("l")));
    run_for(6s);
    BOOST_TEST(lost->good());
}

// The lease was renewed before anything else: whoever has lost a lock must hear that even if nothing else can be put right.
BOOST_AUTO_TEST_CASE(though_his_members_are_refused)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("a"));
    auto lock = ok(a->async_try_lock("l"));
    auto const lost = start(lock->async_lost());
    fail_next("join", {fault::refuse}, 1'000'000);
    BOOST_TEST(ok(b->async_force_release("l")));
    run_for(6s);
    BOOST_TEST(lost->good());
}

BOOST_AUTO_TEST_CASE(the_next_holder_is_not_robbed_by_a_second_try)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    auto const lock = ok(a->async_try_lock("l"));
    ok(c->async_join("c"));
    fail_next("force", {fault::drop_after});
    auto const forced = start(b->async_force_release("l"));
    run_for(100ms);
    auto const next = ok(c->async_try_lock("l"));
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST(run_until([&] { return forced->times > 0; }, 10s));
    BOOST_TEST(forced->good());
    BOOST_TEST(forced->value);
    BOOST_TEST(ok(c->async_inspect("l"))->fence == next->fence());
}

BOOST_AUTO_TEST_SUITE_END()
