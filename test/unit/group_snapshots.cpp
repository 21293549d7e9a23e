// What is read of a group is as of one moment, however long it takes.
#include "group_reader.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_snapshots, world)

// Too large for one page: who was on the first one leaves while the next one is on its way.
BOOST_AUTO_TEST_CASE(what_happens_between_two_pages_is_in_it)
{
    auto& a = make("a");
    auto& b = make("b");
    std::string const large(60'000, 'v');
    for (int i = 100; i < 190; ++i)
        ok(a->async_join("m" + std::to_string(i), large));
    ok(b->async_join("b"));
    fail_next("snapshot", {fault::none, 500ms}, 1, 1);
    auto const asked = start(b->async_members());
    run_for(100ms);
    BOOST_TEST(asked->times == 0);
    ok(a->async_leave("m100"));
    run_until([&] { return asked->times > 0; }, 1s);
    BOOST_REQUIRE(asked->good());
    BOOST_TEST(asked->value.size() == 90u);
    BOOST_TEST(asked->value.at(1).name == "m101");
}

// It has been read, its reply is on the way, and the push of who joins meanwhile overtakes it.
BOOST_AUTO_TEST_CASE(what_happens_before_it_has_come_is_told_at_once)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("a"));
    ok(b->async_join("b"));
    testing::request_fault late;
    late.reply_delay = 500ms;
    fail_next("snapshot", late);
    auto const opened = start(b->async_watch());
    run_for(100ms);
    ok(a->async_join("c"));
    run_until([&] { return opened->times > 0; }, 1s);
    BOOST_REQUIRE(opened->good());
    reader seen{std::move(opened->value)};
    seen.read_on();
    run_for(200ms);  // no beat makes it good
    BOOST_TEST(seen.members() == (names{"a", "b", "c"}), boost::test_tools::per_element());
    BOOST_TEST(b.count().repaired_gaps == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
