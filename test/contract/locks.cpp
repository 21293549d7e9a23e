// Locks: taken, busy, given back, handed over from the dead.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(locks, fixture)

BOOST_AUTO_TEST_CASE(a_free_lock_is_granted)
{
    session alice{c};
    auto const granted = alice.lock("l");
    BOOST_TEST(granted->granted);
    BOOST_TEST(granted->fence > 1'000'000'000'000'000U);  // anchored in time
    auto const seen = c.inspect("l");
    BOOST_REQUIRE(seen->holders.size() == 1U);
    auto const& [holder, deadline] = seen->holders.front();
    BOOST_TEST((holder == alice.claim("l", granted->fence)));
    BOOST_TEST((deadline > seen->now && deadline <= seen->now + session::long_life));
}

BOOST_AUTO_TEST_CASE(fences_grow_over_all_locks)
{
    session alice{c};
    session bob{c};
    auto const first = alice.lock("l")->fence;
    auto const second = bob.lock("m")->fence;
    BOOST_TEST(second > first);
    c.unlock(alice.claim("l", first));
    BOOST_TEST(alice.lock("l")->fence > second);
}

BOOST_AUTO_TEST_CASE(the_same_owner_again_gets_the_same_fence)
{
    session alice{c};
    auto const first = alice.lock("l");
    auto const again = alice.lock("l");
    BOOST_TEST(again->granted);
    BOOST_TEST(again->fence == first->fence);
}

BOOST_AUTO_TEST_CASE(another_owner_of_the_same_session_is_refused)
{
    session alice{c};
    alice.lock("l", "one");
    BOOST_TEST(!alice.lock("l", "two")->granted);
    BOOST_TEST(!alice.lock("l", "on")->granted);
    BOOST_TEST(!alice.lock("l", "")->granted);
}

BOOST_AUTO_TEST_CASE(the_same_owner_of_another_session_is_refused)
{
    session alice{c};
    session bob{c};
    alice.lock("l", "same");
    BOOST_TEST(!bob.lock("l", "same")->granted);
}

BOOST_AUTO_TEST_CASE(a_busy_lock_tells_its_holder_s_deadline_and_moves_nothing)
{
    session alice{c};
    session bob{c};
    alice.lock("l");
    auto const before = c.inspect("l");
    let_pass(3ms);
    auto const busy = bob.lock("l");
    BOOST_TEST(!busy->granted);
    BOOST_TEST((busy->deadline == before->holders.at(0).deadline));
    BOOST_TEST((c.inspect("l")->holders == before->holders));
}

BOOST_AUTO_TEST_CASE(a_busy_lock_uses_up_no_fence_for_its_holder)
{
    session alice{c};
    session bob{c};
    auto const fence = alice.lock("l")->fence;
    bob.lock("l");
    bob.lock("l");
    BOOST_TEST(alice.lock("l")->fence == fence);
    BOOST_TEST(alice.verify({alice.claim("l", fence)})->held.at(0));
}

BOOST_AUTO_TEST_CASE(released_once_true_then_false)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    BOOST_TEST(c.unlock(held)->released);
    BOOST_TEST(!c.unlock(held)->released);
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(bob.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(only_the_exact_claim_releases)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    auto wrong = held;
    wrong.fence += 1;
    BOOST_TEST(!c.unlock(wrong)->released);
    wrong = held;
    wrong.owner = "other";
    BOOST_TEST(!c.unlock(wrong)->released);
    wrong = held;
    wrong.session = bob.id();
    BOOST_TEST(!c.unlock(wrong)->released);
    wrong = held;
    wrong.names = {"m"};
    BOOST_TEST(!c.unlock(wrong)->released);
    BOOST_TEST(alice.verify({held})->held.at(0));
}

BOOST_AUTO_TEST_CASE(a_dead_holder_is_taken_over_at_once_with_a_larger_fence)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.die();
    BOOST_TEST(!c.holder("l").has_value());
    auto const taken = bob.lock("l");
    BOOST_TEST(taken->granted);
    BOOST_TEST(taken->fence > held.fence);
    BOOST_TEST(!c.unlock(held)->released);  // a late release takes nothing away
    c.reap({alice.id()});                   // nor does the clean-up
    BOOST_TEST(bob.verify({bob.claim("l", taken->fence)})->held.at(0));
}

BOOST_AUTO_TEST_CASE(a_session_that_died_and_was_opened_anew_starts_without)
{
    session alice{c};
    session bob{c};
    auto const old = alice.lock("l")->fence;
    alice.die();
    c.reap({alice.id()});
    alice.open();
    BOOST_TEST(!alice.verify({alice.claim("l", old)})->held.at(0));
    BOOST_TEST(bob.lock("l")->fence > old);
}

BOOST_AUTO_TEST_CASE(unlock_needs_no_living_session)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    session newer{c, {alice.id(), alice.who.generation + 1}};
    newer.resume();
    BOOST_TEST(c.unlock(held)->released);
    auto const again = newer.claim("l", newer.lock("l")->fence);
    alice.who = newer.who;
    alice.die();
    BOOST_TEST(c.unlock(again)->released);
}

BOOST_AUTO_TEST_CASE(a_released_lock_stays_free_when_its_former_holder_dies)
{
    session alice{c};
    session bob{c};
    c.unlock(alice.claim("l", alice.lock("l")->fence));
    auto const fence = bob.lock("l")->fence;
    alice.close();
    BOOST_TEST(bob.verify({bob.claim("l", fence)})->held.at(0));
}

BOOST_AUTO_TEST_CASE(owners_and_locks_are_not_mixed_up)
{
    // Both are kept in one string, "owner NUL lock", by which a dead session's locks are found.
    session bob{c};
    session alice{c};
    using namespace std::string_literals;
    alice.lock("b\0c"s, "a");
    alice.lock("c", "a b");
    auto const other = bob.claim("b", bob.lock("b", "a")->fence, "a");
    alice.close();
    BOOST_TEST(!c.holder("b\0c"s).has_value());
    BOOST_TEST(!c.holder("c").has_value());
    BOOST_TEST(bob.verify({other})->held.at(0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
