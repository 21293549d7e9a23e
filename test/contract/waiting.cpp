// Waiting for locks: in line, handed over, told by a push; nobody who is gone is in the way of those behind.
#include "waiting.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(waiting, waiting_fixture)

BOOST_AUTO_TEST_CASE(what_is_free_is_granted_at_once)
{
    session alice{c};
    auto const granted = alice.acquire(wish_for({"l"}));
    BOOST_TEST(granted->granted);
    auto const held = alice.claim(alice.last, granted->fence);
    BOOST_TEST((c.holder("l") == held));
    BOOST_TEST(alice.verify({held})->held.at(0));
    BOOST_TEST(alice.ask_again()->fence == granted->fence);
    BOOST_TEST(alice.withdraw()->held);
    BOOST_TEST(!alice.withdraw()->held);
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(alice.lock("l")->fence > granted->fence);
}

BOOST_AUTO_TEST_CASE(a_release_hands_over_to_who_has_waited_longest)
{
    session alice{c};
    session bob{c};
    session carol{c};
    BOOST_TEST(!c.watch(bob.id()));
    auto const held = alice.claim("l", alice.lock("l")->fence);
    BOOST_TEST(bob.acquire(wish_for({"l"}))->waiting);
    BOOST_TEST(carol.acquire(wish_for({"l"}))->waiting);
    BOOST_TEST((line("l") == strings{bob.id(), carol.id()}));
    BOOST_TEST(bob.ask_again()->waiting);  // asking again moves nobody
    BOOST_TEST((line("l") == strings{bob.id(), carol.id()}));
    BOOST_TEST((c.holder("l") == held));
    BOOST_TEST(alice.verify({held})->held.at(0));

    BOOST_TEST(c.unlock(held)->released);
    auto const fence = told(bob);
    BOOST_TEST(fence > held.fence);
    BOOST_TEST((c.holder("l") == bob.claim(bob.last, fence)));
    BOOST_TEST(bob.ask_again()->fence == fence);
    BOOST_TEST(carol.ask_again()->waiting);
    BOOST_TEST(bob.withdraw()->held);
    BOOST_TEST(carol.ask_again()->fence > fence);
    BOOST_TEST(carol.withdraw()->held);
    BOOST_TEST(alice.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(what_is_waited_for_is_not_to_be_had_by_others)
{
    session alice{c};
    session bob{c};
    session carol{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.lock("m");
    BOOST_TEST(bob.acquire(wish_for({"l", "m"}))->waiting);
    c.unlock(held);  // free, but bob needs both
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(!carol.lock("l")->granted);
    auto hasty = wish_for({"l"});
    hasty.wait = false;
    BOOST_TEST(!carol.acquire(hasty)->granted);
    BOOST_TEST((line("l") == strings{bob.id()}));
}

BOOST_AUTO_TEST_CASE(who_withdraws_is_not_in_the_way)
{
    session alice{c};
    session bob{c};
    session carol{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    bob.acquire(wish_for({"l"}));
    carol.acquire(wish_for({"l"}));
    auto const withdrawn = bob.withdraw();
    BOOST_TEST(withdrawn->waited);
    BOOST_TEST(!withdrawn->held);
    c.unlock(held);
    BOOST_TEST(carol.ask_again()->granted);
    BOOST_TEST(bob.acquire(wish_for({"l"}))->waiting);
    bob.withdraw();
    carol.withdraw();
    BOOST_TEST(!c.inspect("l")->holders.size());
    BOOST_TEST(alice.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(a_grant_that_crosses_a_withdrawal_goes_to_the_next)
{
    session alice{c};
    session bob{c};
    session carol{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    bob.acquire(wish_for({"l"}));
    carol.acquire(wish_for({"l"}));
    c.unlock(held);
    BOOST_TEST(bob.withdraw()->held);
    BOOST_TEST(carol.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(the_dead_are_not_in_the_way)
{
    session alice{c};
    session bob{c};
    session carol{c};
    BOOST_TEST(!c.watch(carol.id()));
    auto const held = alice.claim("l", alice.lock("l")->fence);
    bob.acquire(wish_for({"l"}));
    carol.acquire(wish_for({"l"}));
    bob.die();
    BOOST_TEST((line("l") == strings{carol.id()}));
    c.unlock(held);
    BOOST_TEST(told(carol) > held.fence);
    c.reap({bob.id()});
    BOOST_TEST(carol.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(reaping_a_dead_holder_hands_over)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(!c.watch(bob.id()));
    auto const fence = alice.lock("l")->fence;
    bob.acquire(wish_for({"l"}));
    alice.die();
    c.reap({alice.id()});
    BOOST_TEST(told(bob) > fence);
    BOOST_TEST((c.holder("l") == bob.claim(bob.last, told(bob))));
}

BOOST_AUTO_TEST_CASE(who_asks_again_need_not_wait_for_the_reaper)
{
    session alice{c};
    session bob{c};
    alice.acquire(wish_for({"l"}));
    bob.acquire(wish_for({"l"}));
    alice.die();
    BOOST_TEST(bob.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(a_session_that_closes_hands_over_and_leaves_the_line)
{
    session alice{c};
    session bob{c};
    session carol{c};
    alice.lock("l");
    bob.acquire(wish_for({"l"}));
    carol.acquire(wish_for({"l"}));
    bob.close();
    BOOST_TEST((line("l") == strings{carol.id()}));
    alice.close();
    BOOST_TEST(carol.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(a_term_that_ends_hands_over)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(!c.watch(bob.id()));
    auto term = 10ms;
    for (alice.take("l", term); !bob.acquire(wish_for({"l"}))->waiting; alice.take("l", term *= 2))
        bob.withdraw();  // a busy machine: it was over before he asked
    let_pass(term + 5ms);
    c.reap();
    BOOST_TEST(told(bob) != 0U);
    BOOST_TEST(!alice.withdraw()->held);
    BOOST_TEST(bob.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(a_term_begins_with_the_grant)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    auto wish = wish_for({"l"});
    wish.term = 1h;
    bob.acquire(wish);
    BOOST_TEST(bob.beat()->seen.leases == 2U);
    c.unlock(held);
    BOOST_TEST((c.deadline("l") > now() + 50min));
    BOOST_TEST(c.reap()->seen.leases == 3U);
    bob.close();  // outlived by what it was granted
    BOOST_TEST(c.holder("l").has_value());
    BOOST_TEST(bob.withdraw()->held);
    BOOST_TEST(!c.holder("l").has_value());
}

BOOST_AUTO_TEST_CASE(force_hands_over_too)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    bob.acquire(wish_for({"l"}));
    BOOST_TEST(c.force(held)->released);
    BOOST_TEST(alice.beat().error == errc::stale);
    auto const granted = bob.ask_again();
    BOOST_TEST(granted->granted);
    BOOST_TEST(c.force(bob.claim(bob.last, granted->fence))->released);
    BOOST_TEST(bob.ask_again().error == errc::stale);
    BOOST_TEST(!c.holder("l").has_value());
}

BOOST_AUTO_TEST_CASE(as_many_fences_as_asked_for)
{
    session alice{c};
    session bob{c};
    auto many = wish_for({"l"});
    many.fences = 100;
    auto const first = alice.acquire(many)->fence;
    auto const next = bob.lock("m")->fence;
    BOOST_TEST(next >= first + 100);
    BOOST_TEST(bob.acquire(many)->waiting);
    alice.withdraw();
    auto const second = bob.ask_again()->fence;
    BOOST_TEST(second > next);
    BOOST_TEST(alice.lock("n")->fence >= second + 100);
}

BOOST_AUTO_TEST_CASE(an_older_generation_neither_waits_nor_withdraws)
{
    session alice{c};
    session bob{c};
    alice.lock("l");
    bob.acquire(wish_for({"l"}));
    session newer{c, {bob.id(), bob.who.generation + 1}};
    newer.resume();
    BOOST_TEST(bob.withdraw().error == errc::stale);
    BOOST_TEST(bob.ask_again().error == errc::stale);
    newer.last = bob.last;
    BOOST_TEST(newer.ask_again()->waiting);
    BOOST_TEST(newer.withdraw()->waited);
}

BOOST_AUTO_TEST_CASE(inspect_tells_who_waits_for_what_and_since_when)
{
    session alice{c};
    session bob{c};
    alice.lock("l");
    auto wish = permit("l", 3);
    wish.owner = "bob";
    auto const before = now();
    bob.acquire(wish);
    auto const seen = c.inspect("l");
    BOOST_REQUIRE(seen->waiters.size() == 1U);
    auto const& [wanted, since] = seen->waiters.front();
    BOOST_TEST(wanted.owner == "bob");
    BOOST_TEST((wanted.mode == store::lock_mode::permit));
    BOOST_TEST(wanted.place == bob.last.place);
    BOOST_TEST((since >= before - 1s && since <= seen->now));
}

BOOST_AUTO_TEST_CASE(all_who_wait_are_told_a_page_at_a_time)
{
    session holder{c};
    session alice{c};
    session bob{c};
    for (auto const* name : {"l", "m", "n"})
        holder.lock(name);
    alice.acquire(wish_for({"l", "m"}));
    bob.acquire(wish_for({"m"}));
    bob.acquire(wish_for({"n"}));
    strings told;
    store::waiting page;
    page.limit = 2;
    do
    {
        auto const read = c(page);
        BOOST_TEST(read->entries.size() <= 2U);
        for (auto const& [lock, wanted] : read->entries)
            told.push_back(lock + " " + wanted.session);
        page.cursor = read->cursor;
    } while (!page.cursor.empty());
    BOOST_TEST((told == strings{"l " + alice.id(), "m " + alice.id(), "m " + bob.id(), "n " + bob.id()}));
    alice.die();
    BOOST_TEST(c(store::waiting{})->entries.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
