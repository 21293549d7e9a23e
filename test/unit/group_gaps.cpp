// What a reader must not miss, and what must not outlive him.
#include "group_reader.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_gaps, world)

// The snapshot leaves him out, because he is dead; but the reader, who comes from before, still counts him.
BOOST_AUTO_TEST_CASE(a_replay_that_meets_a_dead_member_whom_nobody_has_announced)
{
    auto& a = make("a");
    auto& d = make("d");
    ok(a->async_join("a"));
    ok(d->async_join("d"));
    std::uint64_t revision = 0;
    {
        reader before{ok(a->async_watch())};
        before.read_on();
        settle();
        BOOST_TEST(before.members() == (names{"a", "d"}), boost::test_tools::per_element());
        revision = before.revision;
    }
    a.runs = d.runs = false;
    run_for(10s);
    auto& again = make("b");
    fail_next("reap", {fault::none, 300ms}, 1000);  // the dead are not announced before the stream is open
    reader after{ok(again->async_watch(from(revision)))};
    after.folded = {{"a", {}}, {"d", {}}};
    after.read_on();
    run_for(5s);
    BOOST_TEST(after.members().empty());
    BOOST_TEST(after.resyncs == 1);
}

// He is past his deadline when the roster is read; then the server's clock goes back, and he beats on.
BOOST_AUTO_TEST_CASE(who_was_left_out_and_lives_is_told_of)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("a"));
    ok(b->async_join("b"));
    a.runs = false;
    fail_next("reap", {fault::refuse, 0ms}, 1000);
    run_for(2s);
    server.step_time(6s);
    auto& late = make("c");
    reader seen{ok(late->async_watch())};
    seen.read_on();
    settle();
    BOOST_TEST(!std::ranges::count(seen.members(), "a"));
    server.step_time(-6s);
    a.runs = true;
    run_for(11s);
    BOOST_TEST(a.count().lost_sessions == 0u);
    BOOST_TEST(seen.members() == (names{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(seen.resyncs == 1);
}

BOOST_AUTO_TEST_CASE(a_cancelled_read_does_not_keep_the_watch_alive)
{
    auto& a = make("a");
    auto& b = make("b");
    {
        auto events = ok(b->async_watch());
        ok(events.async_next());
        auto const reading = start(events.async_next());
        settle();
        reading->cancel.emit(asio::cancellation_type::total);
        settle();
        BOOST_TEST((reading->error == asio::error::operation_aborted));
    }
    settle();
    auto const still = b->revision();
    ok(a->async_join("a"));
    run_for(20s);
    BOOST_TEST(b->revision() == still);  // after the last stream it stands still
}

BOOST_AUTO_TEST_SUITE_END()
