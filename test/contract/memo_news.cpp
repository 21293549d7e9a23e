// What all who watch a memoised result are told.
#include "memo.hpp"

namespace coterie::test {
namespace {

struct news_fixture : memo_fixture
{
    error_code const watching = c.watch();

    // Of what tells no result.
    void next_is(kind_of_result kind, std::uint64_t fence, std::string const& bytes = {})
    {
        auto const told = c.next_news();
        BOOST_TEST((told == store::news{.what = kind, .fence = fence, .bytes = bytes}));
    }

    // As it is found now.
    void next_is_the_result(bool large = false)
    {
        auto const told = c.next_news();
        auto const record = look()->found.value();
        BOOST_TEST((told.what == (record.negative ? kind_of_result::negative : kind_of_result::value)));
        BOOST_TEST(told.fence == record.fence);
        BOOST_TEST((told.made == record.made && told.fresh_until == record.fresh_until && told.cost == record.cost));
        BOOST_TEST(told.large == large);
        BOOST_TEST((told.bytes == (large ? std::string{} : record.value)));
    }

    // Nothing else has been told: what is told next is this.
    void nothing_else()
    {
        put("sentinel");
        BOOST_TEST(c.next_news().bytes == "sentinel");
        BOOST_TEST(c.news.empty());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_news, news_fixture)

BOOST_AUTO_TEST_CASE(a_result_is_told_with_its_bytes)
{
    BOOST_TEST(!watching);
    publish('a', begin('a'), "1", {10min, 1h});
    next_is_the_result();
    put("2");
    next_is_the_result();
    put("none", {}, kind_of_result::negative);
    next_is_the_result();
    publish('a', *refresh('a')->generates, "", {}, kind_of_result::negative);
    next_is_the_result();
    nothing_else();
}

BOOST_AUTO_TEST_CASE(so_is_what_is_none)
{
    auto const failed = begin('a');
    fail('a', failed, "no answer");
    next_is(kind_of_result::failed, failed, "no answer");
    auto const given_up = begin('b');
    release('b', given_up);
    next_is(kind_of_result::free, given_up);
    put("1");
    next_is_the_result();
    auto const outdated = *refresh('a')->generates;
    erase();
    auto const told = c.next_news();
    BOOST_TEST(told.fence > outdated);
    BOOST_TEST((told == store::news{.what = kind_of_result::erased, .fence = told.fence, .bytes = {}}));
    erase();  // others may keep what was there before
    BOOST_TEST((c.next_news().what == kind_of_result::erased));
    nothing_else();
}

BOOST_AUTO_TEST_CASE(what_is_large_is_looked_for)
{
    put(std::string(store::news::most, 'x'));
    next_is_the_result();
    put(std::string(store::news::most + 1, 'x'));
    next_is_the_result(true);
    publish('a', *refresh('a')->generates, std::string(1024 * 1024, 'y'));
    next_is_the_result(true);
    auto const fence = *refresh('a')->generates;
    fail('a', fence, std::string(store::news::most + 1, 'z'));
    auto const told = c.next_news();
    BOOST_TEST((told == store::news{.what = kind_of_result::failed, .fence = fence, .large = true, .bytes = {}}));
}

BOOST_AUTO_TEST_CASE(a_result_that_is_not_kept_is_told_all_the_same)
{
    publish('a', begin('a'), "1", {0ms, 0ms});
    auto const told = c.next_news();
    BOOST_TEST(told.bytes == "1");
    BOOST_TEST((told.made == told.fresh_until));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_not_told)
{
    auto const fence = begin('a');
    look();
    ask('b');
    renew('a', fence);
    publish('b', fence, "x");
    fail('b', fence, "x");
    release('b', fence);
    nothing_else();
    publish('a', fence, "late");
    release('a', fence);
    nothing_else();
}

BOOST_AUTO_TEST_CASE(a_retry_is_told_once)
{
    auto const fence = begin('a');
    publish('a', fence, "1");
    publish('a', fence, "1");
    next_is_the_result();
    nothing_else();
}

BOOST_AUTO_TEST_CASE(what_was_published_before_the_watch_is_seen_by_looking_again)
{
    client late{*this, c.group};
    auto const fence = begin('a');
    BOOST_TEST(late(store::memo_look{token('b'), 1min, false})->busy_until.has_value());
    publish('a', fence, "1");
    BOOST_TEST(!late.watch());
    BOOST_TEST(late(store::memo_look{token('b'), 1min, false})->found->value == "1");
    put("2");
    BOOST_TEST(late.next_news().bytes == "2");
}

BOOST_AUTO_TEST_CASE(all_who_watch_are_told_and_nobody_else)
{
    client second{*this, c.group};
    client deaf{*this, c.group};
    client elsewhere{*this, store::memo_entry("likes", "anna")};
    BOOST_TEST(!second.watch());
    BOOST_TEST(!elsewhere.watch());
    put("1");
    BOOST_TEST(c.next_news().bytes == "1");
    BOOST_TEST(second.next_news().bytes == "1");
    second.unwatch();
    put("2");
    BOOST_TEST(c.next_news().bytes == "2");
    elsewhere(store::memo_store{kind_of_result::value, "3", 1min, 0ms, 0ms});
    BOOST_TEST(elsewhere.next_news().bytes == "3");
    BOOST_TEST((second.news.empty() && deaf.news.empty() && c.news.empty()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
