// Who generates a memoised result: one at a time, under a lease; who lost it writes over nothing.
#include "memo.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(memo, memo_fixture)

BOOST_AUTO_TEST_CASE(one_generates_what_is_not_there)
{
    auto const before = now();
    auto const empty = look();
    BOOST_TEST(!empty->found.has_value());
    BOOST_TEST((empty->now >= before - 1s && empty->now <= now() + 1s));
    auto const fence = begin('a');
    auto const other = ask('b');
    BOOST_TEST(!other->generates.has_value());
    BOOST_TEST(other->busy_fence == fence);
    BOOST_REQUIRE(other->busy_until.has_value());
    BOOST_TEST((*other->busy_until > other->now + 50s && *other->busy_until <= other->now + 1min));
    auto const looked = look();
    BOOST_TEST((!looked->generates && !looked->busy_until));
}

BOOST_AUTO_TEST_CASE(who_only_looks_takes_no_lease)
{
    look();
    begin('a');
}

BOOST_AUTO_TEST_CASE(the_same_token_gets_the_same_fence_and_no_more_time)
{
    auto const fence = begin('a');
    auto const until = ask('b')->busy_until;
    let_pass(3ms);
    BOOST_TEST((ask('a', 1h)->generates == fence));
    BOOST_TEST((ask('b')->busy_until == until));
}

BOOST_AUTO_TEST_CASE(nobody_else_publishes)
{
    auto const fence = begin('a');
    BOOST_TEST(!publish('b', fence, "b")->published);
    BOOST_TEST(!publish('a', fence - 1, "before")->published);
    BOOST_TEST(!publish('a', fence + 1, "after")->published);
    BOOST_TEST(!publish('a', 0, "never")->published);
    BOOST_TEST(!fail('b', fence, "b")->published);
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(ask('b')->busy_until.has_value());
    BOOST_TEST(publish('a', fence, "1")->published);
}

BOOST_AUTO_TEST_CASE(a_lease_that_ended_is_lost)
{
    auto const fence = begin('a', 20ms);
    let_pass(25ms);
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(!renew('a', fence)->deadline.has_value());
    BOOST_TEST(!release('a', fence)->released);
    BOOST_TEST(found() == "nothing");
    auto const next = begin('b');
    BOOST_TEST(next > fence);
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(!fail('a', fence, "late")->published);
    BOOST_TEST(!release('a', fence)->released);
    BOOST_TEST(publish('b', next, "2")->published);
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(found() == "fresh 2");
}

BOOST_AUTO_TEST_CASE(who_lost_it_may_begin_again_under_a_new_fence)
{
    auto const fence = begin('a', 5ms);
    let_pass(10ms);
    auto const again = begin('a');
    BOOST_TEST(again > fence);
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(publish('a', again, "1")->published);
}

BOOST_AUTO_TEST_CASE(a_refresh_takes_the_lease_though_it_is_fresh)
{
    put("1");
    auto const first = refresh('a');
    BOOST_TEST(shown(*first) == "fresh 1");
    BOOST_REQUIRE(first->generates.has_value());
    BOOST_TEST(*first->generates > first->found->fence);
    BOOST_TEST((refresh('a')->generates == first->generates));
    BOOST_TEST(refresh('b')->busy_until.has_value());
    auto const other = ask('b');
    BOOST_TEST(shown(*other) == "fresh 1");
    BOOST_TEST((!other->generates && !other->busy_until));
    BOOST_TEST(publish('a', *first->generates, "2")->published);
    BOOST_TEST(found() == "fresh 2");
}

BOOST_AUTO_TEST_CASE(who_gives_up_lets_the_next_begin_at_once)
{
    auto const fence = begin('a');
    BOOST_TEST(!release('b', fence)->released);
    BOOST_TEST(!release('a', fence + 1)->released);
    BOOST_TEST(ask('b')->busy_until.has_value());
    BOOST_TEST(release('a', fence)->released);
    BOOST_TEST(!release('a', fence)->released);
    auto const next = begin('b');
    BOOST_TEST(next > fence);
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(!release('a', fence)->released);
    BOOST_TEST(ask('c')->busy_until.has_value());
}

BOOST_AUTO_TEST_CASE(a_lease_is_renewed)
{
    auto const fence = begin('a', 300ms);
    BOOST_TEST(!renew('b', fence)->deadline.has_value());
    BOOST_TEST(!renew('a', fence + 1)->deadline.has_value());
    auto const until = renew('a', fence, 1min)->deadline;
    BOOST_REQUIRE(until.has_value());
    let_pass(310ms);
    BOOST_TEST((ask('b')->busy_until == until));
    BOOST_TEST((renew('a', fence, 1ms)->deadline == until));  // shortens nothing
    BOOST_TEST((*renew('a', fence, 1h)->deadline > *until));
    BOOST_TEST(publish('a', fence, "1")->published);
    BOOST_TEST(!renew('a', fence)->deadline.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_stored_outdates_a_generation)
{
    auto const fence = begin('a');
    auto const stored = put("stored", {10min, {}})->fence;
    BOOST_TEST(stored > fence);
    auto const record = look()->found;
    BOOST_TEST(record->fence == stored);
    BOOST_TEST((record->cost == 42ms));
    BOOST_TEST((record->fresh_until == record->made + 10min));
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(!renew('a', fence)->deadline.has_value());
    BOOST_TEST(found() == "fresh stored");
    BOOST_TEST(put("none", {}, kind_of_result::negative)->fence > stored);
    BOOST_TEST(found() == "fresh negative none");
}

BOOST_AUTO_TEST_CASE(what_is_erased_is_gone_and_outdates_a_generation)
{
    BOOST_TEST(!erase()->erased);
    put("1");
    auto const fence = *refresh('a')->generates;
    BOOST_TEST(erase()->erased);
    BOOST_TEST(!erase()->erased);
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(found() == "nothing");
    auto const next = begin('b');
    BOOST_TEST(next > fence);
    BOOST_TEST(!erase()->erased);
    BOOST_TEST(!publish('b', next, "late")->published);
}

BOOST_AUTO_TEST_CASE(fences_grow_over_everything)
{
    std::uint64_t last = 0;
    for (int i = 0; i < 3; ++i)
    {
        auto const greater = [&](std::uint64_t fence) {
            BOOST_TEST(fence > last);
            last = fence;
        };
        greater(begin('a'));
        release('a', last);
        greater(begin('b'));
        publish('b', last, "1");
        greater(*refresh('a')->generates);
        fail('a', last, "x");
        greater(put("2")->fence);
        greater(put("3")->fence);
        erase();
        greater(begin('a'));
        erase();
    }
}

BOOST_AUTO_TEST_CASE(even_if_the_clock_goes_back)
{
    if (!in_memory())
        return;
    auto const pass = [&] {
        let_pass(1ms);
        look();  // the server has seen a later time
        memory().step_time(-1h);
    };
    auto const generation = begin('a', 2h);
    pass();
    auto const stored = put("1", {2h, {}})->fence;
    BOOST_TEST(stored > generation);
    pass();
    BOOST_TEST(*refresh('b')->generates > stored);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
