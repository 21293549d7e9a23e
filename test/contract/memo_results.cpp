// What becomes of memoised results: kept, stale, gone.
#include "memo.hpp"

namespace coterie::test {
namespace {

struct memory_fixture : memo_fixture
{
    void run_out()
    {
        if (in_memory())
            return memory().full(true);
        redis({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
        redis({"CONFIG", "SET", "maxmemory", "1"});
    }

    void teardown()
    {
        if (!in_memory())
            redis({"CONFIG", "SET", "maxmemory", "0"});
        bench::teardown();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_results, memo_fixture)

BOOST_AUTO_TEST_CASE(what_is_published_is_found_by_all)
{
    auto const fence = begin('a');
    let_pass(2ms);
    BOOST_TEST(publish('a', fence, "1", {10min, 1h})->published);
    auto const seen = ask('b');
    BOOST_TEST((!seen->generates && !seen->busy_until));
    BOOST_REQUIRE(seen->found.has_value());
    auto const& record = *seen->found;
    BOOST_TEST(record.fence == fence);
    BOOST_TEST(record.value == "1");
    BOOST_TEST(!record.negative);
    BOOST_TEST((record.cost == 42ms));
    BOOST_TEST((record.made <= seen->now && record.made > seen->now - 1min));
    BOOST_TEST((record.fresh_until == record.made + 10min));
}

BOOST_AUTO_TEST_CASE(that_there_is_none_is_a_result_too)
{
    publish('a', begin('a'), "gone", {}, kind_of_result::negative);
    BOOST_TEST(found() == "fresh negative gone");
    BOOST_TEST(!ask('b')->generates.has_value());
}

BOOST_AUTO_TEST_CASE(any_bytes_are_a_value)
{
    std::string all;
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    for (auto const& value : {std::string{}, all, std::string(1024 * 1024, 'x')})
    {
        put(value);
        BOOST_TEST((look()->found->value == value), value.size());
    }
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_nothing_and_the_next_may_try)
{
    auto const fence = begin('a');
    BOOST_TEST(fail('a', fence, "no answer")->published);
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(begin('b') > fence);
    BOOST_TEST(!fail('a', fence, "no answer")->published);
    BOOST_TEST(ask('c')->busy_until.has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_the_old_result)
{
    auto const fence = put("1")->fence;
    auto const again = refresh('a')->generates;
    BOOST_TEST(fail('a', *again, "no answer")->published);
    BOOST_TEST(found() == "fresh 1");
    BOOST_TEST(look()->found->fence == fence);
}

BOOST_AUTO_TEST_CASE(publishing_twice_is_publishing_once)
{
    auto const fence = begin('a');
    publish('a', fence, "1");
    auto const first = look()->found;
    let_pass(2ms);
    BOOST_TEST(publish('a', fence, "1")->published);
    BOOST_TEST((look()->found == first));
}

BOOST_AUTO_TEST_CASE(a_stale_result_is_had_while_one_generates_the_next)
{
    put("1", {20ms, 1min});
    let_pass(25ms);
    BOOST_TEST(found() == "stale 1");
    auto const first = ask('a');
    BOOST_TEST(shown(*first) == "stale 1");
    BOOST_REQUIRE(first->generates.has_value());
    BOOST_TEST(*first->generates > first->found->fence);
    auto const second = ask('b');
    BOOST_TEST(shown(*second) == "stale 1");
    BOOST_TEST(second->busy_until.has_value());
    BOOST_TEST(publish('a', *first->generates, "2")->published);
    BOOST_TEST(found() == "fresh 2");
}

BOOST_AUTO_TEST_CASE(it_is_gone_after_that)
{
    put("1", {10ms, 10ms});
    let_pass(30ms);
    BOOST_TEST(found() == "nothing");
    begin('a');
}

BOOST_AUTO_TEST_CASE(a_result_without_time_is_not_kept)
{
    put("old", {5ms, 1h});
    let_pass(10ms);
    BOOST_TEST(publish('a', *ask('a')->generates, "1", {0ms, 0ms})->published);
    BOOST_TEST(found() == "nothing");
    begin('b');
}

BOOST_AUTO_TEST_CASE(the_longest_time_is_until_2286)
{
    auto const fence = begin('a', milliseconds::max());
    BOOST_TEST((*ask('b')->busy_until > now() + 24h * 365 * 200));
    BOOST_TEST(renew('a', fence, milliseconds::max())->deadline.has_value());
    BOOST_TEST(
        c(store::memo_publish{token('a'), fence, kind_of_result::value, "1", milliseconds::max(), milliseconds::max(), milliseconds::max()})
            ->published);
    BOOST_TEST(found() == "fresh 1");
    BOOST_TEST((look()->found->cost == 9'999'999'999ms));
}

BOOST_AUTO_TEST_CASE(results_are_apart)
{
    client other_id{*this, store::memo_entry("likes", "anna")};
    client other_tag{*this, store::memo_entry("follows", "kristoff")};
    put("1");
    for (auto* other : {&other_id, &other_tag})
    {
        BOOST_TEST(!(*other)(store::memo_look{})->found.has_value());
        (*other)(store::memo_erase{});
        BOOST_TEST((*other)(store::memo_look{token('a'), 1min, false})->generates.has_value());
    }
    BOOST_TEST(found() == "fresh 1");
}

BOOST_AUTO_TEST_CASE(lost_data_is_not_there)
{
    put("1");
    auto const fence = *refresh('a')->generates;
    lose_data();
    let_pass(1ms);
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(!publish('a', fence, "late")->published);
    BOOST_TEST(begin('b') > fence);
}

BOOST_FIXTURE_TEST_CASE(while_memory_is_short_nothing_is_half_done_and_leases_are_given_back, memory_fixture)
{
    put("1", {1ms, 1h});
    let_pass(5ms);
    auto const fence = *ask('a')->generates;
    run_out();
    BOOST_TEST(found() == "stale 1");
    for (auto const& error : {publish('a', fence, "2").error, put("3").error})
        BOOST_TEST(error == errc::refused);
    BOOST_TEST(renew('a', fence)->deadline.has_value());
    BOOST_TEST(release('a', fence)->released);
    BOOST_TEST(ask('b').error == errc::refused);
    BOOST_TEST(found() == "stale 1");
    BOOST_TEST(erase()->erased);
    BOOST_TEST(found() == "nothing");
}

BOOST_FIXTURE_TEST_CASE(while_memory_is_short_a_failure_is_published, memory_fixture)
{
    auto const fence = begin('a');
    run_out();
    BOOST_TEST(fail('a', fence, "no memory")->published);
    BOOST_TEST(!renew('a', fence)->deadline.has_value());
}

BOOST_AUTO_TEST_CASE(a_memory_server_shows_it_by_its_address_and_not_among_groups)
{
    if (!in_memory())
        return;
    put("1");
    refresh('a');
    BOOST_TEST(memory().groups().empty());
    auto const shown = memory().dump(c.group);
    BOOST_TEST(shown.find("= 1\n") != std::string::npos, shown);
    BOOST_TEST(shown.find("of " + token('a')) != std::string::npos, shown);
    BOOST_TEST(memory().dump(store::memo_entry("likes", "anna")).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
