// The server lost its data and went on: nothing that was promised to grow goes back, and everybody can see what happened.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(lost_data, fixture)

BOOST_AUTO_TEST_CASE(sessions_are_lost)
{
    session alice{c};
    alice.join("a");
    lose_data();
    BOOST_TEST(alice.beat().error == errc::lost);
    BOOST_TEST(alice.resume().error == errc::lost);
    BOOST_TEST(alice.lock("l").error == errc::lost);
    BOOST_TEST(alice.close()->done);
    BOOST_TEST(c.living().empty());
}

BOOST_AUTO_TEST_CASE(the_epoch_is_another)
{
    session alice{c, {new_session_id(), c.generation}};
    auto const before = alice.open();
    lose_data();
    BOOST_TEST(alice.open()->epoch != before->epoch);
}

BOOST_AUTO_TEST_CASE(the_epoch_is_the_same_when_the_group_begins_again)
{
    session alice{c, {new_session_id(), c.generation}};
    auto const before = alice.open();
    alice.close();
    BOOST_TEST(alice.open()->epoch == before->epoch);
}

BOOST_AUTO_TEST_CASE(fences_grow_on)
{
    session alice{c};
    auto const before = alice.lock("l")->fence;
    let_pass(2ms);
    lose_data();
    alice.open();
    auto const after = alice.lock("l")->fence;
    BOOST_TEST(after > before);
    BOOST_TEST(!c.unlock(alice.claim("l", before))->released);
    BOOST_TEST(c.unlock(alice.claim("l", after))->released);
}

BOOST_AUTO_TEST_CASE(fences_are_larger_than_what_a_client_has_seen)
{
    session alice{c};
    auto const ahead = alice.lock("l")->fence + 1'000'000'000;  // from a server whose clock was ahead
    lose_data();
    alice.open(1min, ahead);
    BOOST_TEST(alice.lock("l")->fence > ahead);
    session bob{c};
    bob.open(1min, 1);
    BOOST_TEST(bob.lock("m")->fence > ahead);  // a lower floor takes nothing back
}

BOOST_AUTO_TEST_CASE(fences_grow_on_after_the_group_ended)
{
    session alice{c};
    auto const before = alice.lock("l")->fence;
    alice.close();
    let_pass(2ms);
    session bob{c};
    BOOST_TEST(bob.lock("l")->fence > before);
}

// The clock of the server of before was ahead of this one's, so the time alone does not help.
BOOST_AUTO_TEST_CASE(fences_grow_on_after_the_group_ended_whatever_the_clock_says)
{
    session alice{c};
    auto const ahead = alice.lock("l")->fence + 1'000'000'000'000;
    alice.open(1min, ahead);
    auto const before = alice.lock("m")->fence;
    BOOST_TEST(before > ahead);
    alice.close();
    session bob{c};
    auto const between = bob.lock("l")->fence;
    BOOST_TEST(between > before);
    bob.die();
    c.reap({bob.id()});
    session carol{c};
    BOOST_TEST(carol.lock("l")->fence > between);
}

BOOST_AUTO_TEST_CASE(revisions_grow_on)
{
    session alice{c};
    auto const before = alice.join("a")->event->id;
    let_pass(2ms);
    lose_data();
    alice.open();
    auto const after = alice.join("a")->event;
    BOOST_TEST(after->id > before);
    BOOST_TEST(after->previous == 0U);  // so that a reader sees the gap
    BOOST_TEST(c.history(before)->compacted);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_ahead_is_told_to_look_anew)
{
    session alice{c};
    auto const seen = alice.join("a")->event->id;
    lose_data();
    auto const answer = c.history(seen);
    BOOST_TEST(answer->compacted);
    BOOST_TEST(answer->last == 0U);
}

BOOST_AUTO_TEST_CASE(watching_goes_on)
{
    BOOST_TEST(!c.watch());
    lose_data();
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((c.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(a_claim_of_before_is_worth_nothing)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    let_pass(2ms);
    lose_data();
    bob.open();
    auto const taken = bob.claim("l", bob.lock("l")->fence);
    BOOST_TEST(!c.unlock(held)->released);
    BOOST_TEST(!c.force(held)->released);
    alice.open();
    BOOST_TEST((alice.verify({held, taken})->held == std::vector<bool>{false, true}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
