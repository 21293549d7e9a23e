// Claims on locks: fixed terms, verify, inspect, force.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(claims, fixture)

BOOST_AUTO_TEST_CASE(a_fixed_term_is_a_lease_of_its_own)
{
    session alice{c};
    auto const granted = alice.take("l", 1h);
    BOOST_TEST(granted->granted);
    auto const seen = c.inspect("l");
    BOOST_REQUIRE(seen->holders.size() == 1U);
    auto const& [holder, deadline] = seen->holders.front();
    BOOST_TEST((holder == alice.fixed_claim("l", granted->fence)));
    BOOST_TEST((deadline > seen->now + 50min && deadline <= seen->now + 1h));
    BOOST_TEST(c.reap()->seen.leases == 2U);
}

BOOST_AUTO_TEST_CASE(a_fixed_term_outlives_its_session)
{
    session alice{c};
    session bob{c};
    auto const held = alice.fixed_claim("l", alice.take("l", 1h)->fence);
    alice.close();
    auto const busy = bob.lock("l");
    BOOST_TEST(!busy->granted);
    BOOST_TEST((busy->deadline > now() + 50min));
    BOOST_TEST(alice.withdraw()->held);
    BOOST_TEST(bob.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(a_fixed_term_outlives_everybody)
{
    session alice{c};
    auto const fence = alice.take("l", 1h)->fence;
    alice.close();
    session bob{c};
    BOOST_TEST(!bob.lock("l")->granted);
    BOOST_TEST(bob.lock("m")->fence > fence);
    BOOST_TEST(alice.withdraw()->held);
}

BOOST_AUTO_TEST_CASE(a_fixed_term_ends_in_spite_of_beats)
{
    session alice{c};
    session bob{c};
    auto const held = alice.fixed_claim("l", alice.take("l", 10ms)->fence);
    let_pass(15ms);
    alice.beat();
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(!alice.verify({held})->held.at(0));
    auto const taken = bob.lock("l");
    BOOST_TEST(taken->granted);
    BOOST_TEST(taken->fence > held.fence);
    c.reap();
    BOOST_TEST(bob.verify({bob.claim("l", taken->fence)})->held.at(0));
    BOOST_TEST(!alice.withdraw()->held);
}

BOOST_AUTO_TEST_CASE(asked_for_again_a_term_starts_anew_under_the_same_fence)
{
    session alice{c};
    auto const fence = alice.take("l", 1h)->fence;
    auto const before = c.deadline("l");
    let_pass(5ms);
    auto const again = alice.ask_again();
    BOOST_TEST(again->granted);
    BOOST_TEST(again->fence == fence);
    BOOST_TEST((c.deadline("l") > before));
}

BOOST_AUTO_TEST_CASE(after_its_term_the_same_owner_gets_a_new_fence)
{
    session alice{c};
    auto const first = alice.take("l", 5ms)->fence;
    let_pass(10ms);
    BOOST_TEST(alice.take("l", 1h)->fence > first);
}

BOOST_AUTO_TEST_CASE(a_dead_term_is_followed_by_a_lock_of_the_session)
{
    session alice{c};
    session bob{c};
    alice.take("l", 5ms);
    let_pass(10ms);
    auto const fence = bob.lock("l")->fence;
    BOOST_TEST((*c.holder("l") == bob.claim("l", fence)));
    c.reap();
    BOOST_TEST(bob.verify({bob.claim("l", fence)})->held.at(0));
    BOOST_TEST(c.unlock(bob.claim("l", fence))->released);
    BOOST_TEST(bob.beat()->seen.leases == 2U);
}

BOOST_AUTO_TEST_CASE(a_dead_session_s_lock_is_followed_by_a_term)
{
    session alice{c};
    session bob{c};
    alice.lock("l");
    alice.die();
    auto const fence = bob.take("l", 1h)->fence;
    c.reap({alice.id()});
    BOOST_TEST((*c.holder("l") == bob.fixed_claim("l", fence)));
}

BOOST_AUTO_TEST_CASE(verify_answers_in_the_order_asked)
{
    session alice{c};
    session bob{c};
    auto const mine = alice.claim("l", alice.lock("l")->fence);
    auto const fixed = alice.fixed_claim("m", alice.take("m", 1h)->fence);
    auto const other = bob.claim("n", bob.lock("n")->fence);
    auto wrong_fence = mine;
    --wrong_fence.fence;
    auto wrong_kind = mine;
    wrong_kind.place = 9;
    auto wrong_term = fixed;
    ++wrong_term.fence;
    auto const nothing = alice.claim("x", mine.fence);
    auto const answer = alice.verify({wrong_fence, mine, wrong_kind, fixed, wrong_term, nothing, other});
    BOOST_TEST((answer->held == std::vector<bool>{false, true, false, true, false, false, true}));
    BOOST_TEST(alice.verify({})->held.empty());
}

BOOST_AUTO_TEST_CASE(inspect_of_a_free_lock)
{
    auto const nothing = c.inspect("l");
    BOOST_TEST(nothing->holders.empty());
    session alice{c};
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(!c.holder("").has_value());  // the placeholder is not a lock
}

BOOST_AUTO_TEST_CASE(force_takes_the_lock_and_makes_its_holder_look)
{
    session alice{c};
    session bob{c};
    alice.join("a", "1");
    auto const held = alice.claim("l", alice.lock("l")->fence);
    auto const other = alice.claim("m", alice.lock("m")->fence);
    BOOST_TEST(c.force(held)->released);
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(alice.beat().error == errc::stale);
    BOOST_TEST(alice.lock("l").error == errc::stale);

    session newer{c, {alice.id(), alice.who.generation + 1}};
    BOOST_TEST(!newer.resume().error);
    BOOST_TEST((newer.verify({held, other})->held == std::vector<bool>{false, true}));
    BOOST_TEST(c.living() == strings{"a=1"});
    BOOST_TEST(bob.lock("l")->fence > held.fence);
}

BOOST_AUTO_TEST_CASE(forced_twice_is_forced_once)
{
    session alice{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    BOOST_TEST(c.force(held)->released);
    alice.resume();
    BOOST_TEST(!c.force(held)->released);
    BOOST_TEST(!alice.beat().error);  // not stale again
}

// Else a command of an old connection, on its way for long, would find the door open again.
BOOST_AUTO_TEST_CASE(force_keeps_the_door_shut_to_older_connections)
{
    session older{c};
    session newer{c, {older.id(), older.who.generation + 1}};
    newer.resume();
    auto const held = newer.claim("l", newer.lock("l")->fence);
    auto const other = newer.claim("m", newer.lock("m")->fence);
    for (auto const& one : {held, other})
    {
        BOOST_TEST(c.force(one)->released);
        BOOST_TEST(older.resume().error == errc::stale);
        BOOST_TEST(older.open().error == errc::stale);
        BOOST_TEST(older.lock("l").error == errc::stale);
        BOOST_TEST(newer.beat().error == errc::stale);
    }
    BOOST_TEST(!newer.resume().error);  // this one looks: that is all that is asked of it
    BOOST_TEST(!newer.beat().error);
    BOOST_TEST((newer.verify({held, other})->held == std::vector<bool>{false, false}));
}

BOOST_AUTO_TEST_CASE(a_lock_does_not_become_one_of_another_kind)
{
    session alice{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    auto const fixed = alice.fixed_claim("m", alice.take("m", 1h)->fence);
    auto const with_term = alice.take("l", 2h);
    BOOST_TEST(!with_term->granted);
    BOOST_TEST((with_term->deadline == c.deadline("l")));
    auto const without = alice.lock("m");
    BOOST_TEST(!without->granted);
    BOOST_TEST((without->deadline > now() + 50min && without->deadline <= now() + 61min));
    BOOST_TEST((alice.verify({held, fixed})->held == std::vector<bool>{true, true}));
}

BOOST_AUTO_TEST_CASE(force_of_a_wrong_claim_does_nothing)
{
    session alice{c};
    auto held = alice.claim("l", alice.lock("l")->fence);
    ++held.fence;
    BOOST_TEST(!c.force(held)->released);
    BOOST_TEST(!alice.beat().error);
    --held.fence;
    BOOST_TEST(alice.verify({held})->held.at(0));
}

BOOST_AUTO_TEST_CASE(force_leaves_the_deadline_of_the_session)
{
    session bob{c};
    session alice{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.beat(30ms);
    BOOST_TEST(c.force(held)->released);
    BOOST_TEST(alice.beat().error == errc::stale);
    let_pass(40ms);
    BOOST_TEST(alice.beat().error == errc::lost);
    BOOST_TEST(alice.resume().error == errc::lost);
}

BOOST_AUTO_TEST_CASE(force_of_a_dead_holder_s_lock)
{
    session bob{c};
    session alice{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.die();
    BOOST_TEST(c.force(held)->released);
    BOOST_TEST(alice.beat().error == errc::lost);  // it was not brought back to life
    BOOST_TEST(alice.resume().error == errc::lost);
}

BOOST_AUTO_TEST_CASE(force_of_a_fixed_term)
{
    session alice{c};
    auto const held = alice.fixed_claim("l", alice.take("l", 1h)->fence);
    BOOST_TEST(c.force(held)->released);
    BOOST_TEST(alice.beat().error == errc::stale);
    BOOST_TEST(alice.resume()->seen.leases == 1U);
    BOOST_TEST(!alice.verify({held})->held.at(0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
