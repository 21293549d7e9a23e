// Several locks in one step, readers and writers, permits.
#include "waiting.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(modes, waiting_fixture)

BOOST_AUTO_TEST_CASE(several_are_taken_together_or_not_at_all)
{
    session alice{c};
    session bob{c};
    auto const held = alice.claim("m", alice.lock("m")->fence);
    auto all = wish_for({"l", "m", "n"});
    all.wait = false;
    BOOST_TEST(!bob.acquire(all)->granted);
    BOOST_TEST(!c.holder("l").has_value());
    all.wait = true;
    BOOST_TEST(bob.acquire(all)->waiting);
    BOOST_TEST((line("n") == strings{bob.id()}));
    c.unlock(held);
    auto const fence = bob.ask_again()->fence;
    for (auto const* name : {"l", "m", "n"})
        BOOST_TEST((c.holder(name) == bob.claim(bob.last, fence)));
    BOOST_TEST(bob.withdraw()->held);
    for (auto const* name : {"l", "m", "n"})
        BOOST_TEST(alice.lock(name)->granted);
}

BOOST_AUTO_TEST_CASE(a_dead_reader_who_outlasts_the_permits_leaves_nothing)
{
    session reader{c};
    session alice{c};
    reader.acquire(reading("l"));
    reader.die();
    BOOST_TEST(alice.acquire(permit("l", 1))->granted);
    alice.withdraw();
    c.reap({reader.id()});
    BOOST_TEST(alice.lock("l")->granted);  // the record is gone: the cheapest way is open again
}

BOOST_AUTO_TEST_CASE(two_who_want_the_same_two_do_not_block_each_other)
{
    session alice{c};
    session bob{c};
    session carol{c};
    auto const l = alice.claim("l", alice.lock("l")->fence);
    auto const m = alice.claim("m", alice.lock("m")->fence);
    bob.acquire(wish_for({"l", "m"}));
    carol.acquire(wish_for({"m", "l"}));
    c.unlock(m);
    BOOST_TEST(carol.ask_again()->waiting);
    c.unlock(l);
    BOOST_TEST(bob.ask_again()->granted);
    BOOST_TEST(carol.ask_again()->waiting);
    bob.withdraw();
    BOOST_TEST(carol.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(who_is_first_in_one_line_waits_in_the_others)
{
    session alice{c};
    session bob{c};
    session carol{c};
    auto const l = alice.claim("l", alice.lock("l")->fence);
    auto const n = alice.claim("n", alice.lock("n")->fence);
    bob.acquire(wish_for({"m", "n"}));
    carol.acquire(wish_for({"l", "m"}));
    c.unlock(l);
    BOOST_TEST(carol.ask_again()->waiting);  // nobody has m, but bob came first
    c.unlock(n);
    BOOST_TEST(bob.ask_again()->granted);
    BOOST_TEST(carol.ask_again()->waiting);
    bob.withdraw();
    BOOST_TEST(carol.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(readers_share_and_a_writer_waits_for_them)
{
    session alice{c};
    session bob{c};
    session writer{c};
    session late{c};
    BOOST_TEST(alice.acquire(reading("l"))->granted);
    BOOST_TEST(bob.acquire(reading("l"))->granted);
    BOOST_TEST(c.inspect("l")->holders.size() == 2U);
    BOOST_TEST(!writer.lock("l")->granted);
    BOOST_TEST(writer.acquire(wish_for({"l"}))->waiting);
    BOOST_TEST(late.acquire(reading("l"))->waiting);  // else the writer would starve
    alice.withdraw();
    BOOST_TEST(writer.ask_again()->waiting);
    bob.withdraw();
    BOOST_TEST(writer.ask_again()->granted);
    BOOST_TEST(late.ask_again()->waiting);
    writer.withdraw();
    BOOST_TEST(late.ask_again()->granted);
}

BOOST_AUTO_TEST_CASE(readers_who_wait_side_by_side_are_let_in_together)
{
    session alice{c};
    session bob{c};
    session carol{c};
    session writer{c};
    auto const held = alice.claim("l", alice.lock("l")->fence);
    bob.acquire(reading("l"));
    carol.acquire(reading("l"));
    writer.acquire(wish_for({"l"}));
    c.unlock(held);
    auto const first = bob.ask_again()->fence;
    auto const second = carol.ask_again()->fence;
    BOOST_TEST(first != 0U);
    BOOST_TEST(second > first);
    BOOST_TEST(writer.ask_again()->waiting);
}

BOOST_AUTO_TEST_CASE(a_dead_reader_is_not_in_a_writer_s_way)
{
    session alice{c};
    session bob{c};
    session writer{c};
    alice.acquire(reading("l"));
    bob.acquire(reading("l"));
    writer.acquire(wish_for({"l"}));
    bob.withdraw();
    alice.die();
    BOOST_TEST(writer.ask_again()->granted);
    c.reap({alice.id()});
    BOOST_TEST(writer.ask_again()->granted);
    BOOST_TEST(bob.acquire(reading("l"))->waiting);
}

BOOST_AUTO_TEST_CASE(permits_are_counted)
{
    session alice{c};
    session bob{c};
    session carol{c};
    BOOST_TEST(alice.acquire(permit("l", 2))->granted);
    auto const first = alice.last;
    BOOST_TEST(alice.acquire(permit("l", 2))->granted);  // one session may have several
    BOOST_TEST(bob.acquire(permit("l", 2))->waiting);
    BOOST_TEST(carol.acquire(permit("l", 2))->waiting);
    alice.withdraw(first.place);
    BOOST_TEST(bob.ask_again()->granted);
    BOOST_TEST(carol.ask_again()->waiting);
    alice.die();
    BOOST_TEST(carol.ask_again()->granted);
    c.reap({alice.id()});
    BOOST_TEST(c.inspect("l")->holders.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
