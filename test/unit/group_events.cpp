#include "group_reader.hpp"

using namespace unit;

namespace {

coterie::watch_options holding(std::size_t buffer)
{
    coterie::watch_options options;
    options.buffer = buffer;
    return options;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_events, world)

BOOST_AUTO_TEST_CASE(the_first_change_holds_everybody_even_nobody)
{
    auto& a = make("a");
    auto& b = make("b");
    reader empty{ok(b->async_watch())};
    empty.ask();
    settle();
    BOOST_TEST(empty.changes == 1);
    BOOST_TEST(empty.news().empty());
    ok(a->async_join("m", "1"));
    ok(a->async_join("n", "2"));
    reader late{ok(b->async_watch())};
    late.ask();
    settle();
    BOOST_TEST(late.changes == 1);
    BOOST_TEST(late.news() == (names{"+m=1", "+n=2"}), boost::test_tools::per_element());
    BOOST_TEST(late.resyncs == 0);
}

BOOST_AUTO_TEST_CASE(joining_twice_is_one_event_and_an_update_one_more)
{
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    ok(a->async_join("m", "1"));
    ok(a->async_join("m", "1"));
    BOOST_TEST(ok(a->async_update("m", "1")));
    BOOST_TEST(ok(a->async_update("m", "2")));
    ok(a->async_join("m", "3"));
    ok(a->async_leave("m"));
    settle();
    BOOST_TEST(seen.news() == (names{"+m=1", "*m=2", "*m=3", "-m"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_s_own_changes_are_events_like_all_others)
{
    auto& a = make("a");
    reader seen{ok(a->async_watch())};
    seen.read_on();
    ok(a->async_join("m"));
    ok(a->async_leave("m"));
    settle();
    BOOST_TEST(seen.news() == (names{"+m=", "-m"}), boost::test_tools::per_element());
    BOOST_TEST(a->members().empty());
    BOOST_TEST(a->revision() == seen.revision);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_the_net_change)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("stays", "1"));
    ok(a->async_join("goes"));
    reader slow{ok(b->async_watch(holding(1)))};
    reader fast{ok(b->async_watch())};
    fast.read_on();
    slow.ask();
    settle();
    slow.news();
    ok(a->async_leave("goes"));
    for (int i = 0; i < 100; ++i)
    {
        ok(a->async_join("flickers", std::to_string(i)));
        ok(a->async_leave("flickers"));
    }
    ok(a->async_update("stays", "2"));
    ok(a->async_join("comes"));
    slow.ask();
    settle();
    BOOST_TEST(slow.news() == (names{"-goes", "+comes=", "*stays=2"}), boost::test_tools::per_element());
    BOOST_TEST(slow.changes == 2);
    BOOST_TEST((slow.records() == fast.records()));
    BOOST_TEST((slow.records() == ok(b->async_members())));
    BOOST_TEST(fast.changes == 204);
}

BOOST_AUTO_TEST_CASE(lost_pushes_are_made_good_by_the_next_beat)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(b->async_join());
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    seen.news();
    server.drop_pushes(true);
    ok(a->async_join("m", "1"));
    ok(a->async_update("m", "2"));
    settle();
    BOOST_TEST(seen.news().empty());
    run_for(5100ms);
    BOOST_TEST(seen.news() == (names{"+m=1", "*m=2"}), boost::test_tools::per_element());
    BOOST_TEST(seen.resyncs == 0);
    BOOST_TEST(b.count().repaired_gaps == 1u);
    BOOST_TEST(b.count().resyncs == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_push_is_made_good_at_once_when_the_next_one_comes)
{
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    server.drop_pushes(true);
    ok(a->async_join("m"));
    server.drop_pushes(false);
    ok(a->async_join("n"));
    settle();
    BOOST_TEST(seen.news() == (names{"+m=", "+n="}), boost::test_tools::per_element());
    BOOST_TEST(b.count().repaired_gaps == 1u);
}

BOOST_AUTO_TEST_CASE(a_doubled_push_is_one_event)
{
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    server.on_push([](testing::push const&) { return testing::push_fault{.what = testing::push_fault::kind::duplicate}; });
    ok(a->async_join("m"));
    ok(a->async_leave("m"));
    ok(a->async_join("m"));
    settle();
    BOOST_TEST(seen.news() == (names{"+m=", "-m", "+m="}), boost::test_tools::per_element());
    BOOST_TEST(b.count().events == 3u);
    server.on_push({});
}

BOOST_AUTO_TEST_CASE(late_pushes_change_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(b->async_join());
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    server.on_push([](testing::push const& push) {
        testing::push_fault late;
        late.delay = push.index % 2 == 0 ? 6s : 1s;
        return late;
    });
    for (int i = 0; i < 10; ++i)
    {
        ok(a->async_join("m" + std::to_string(i)));
        run_for(1s);
    }
    run_for(20s);
    BOOST_TEST((seen.records() == ok(b->async_members())));
    BOOST_TEST(seen.resyncs == 0);
    server.on_push({});
}

BOOST_AUTO_TEST_CASE(what_happened_while_disconnected_is_made_good)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("m"));
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    seen.news();
    b.runs = false;
    ok(a->async_leave("m"));
    ok(a->async_join("n"));
    server.disconnect_all();
    run_for(1s);
    b.runs = true;
    run_for(2s);
    BOOST_TEST(seen.news() == (names{"-m", "+n="}), boost::test_tools::per_element());
    BOOST_TEST(seen.resyncs == 0);
}

BOOST_AUTO_TEST_CASE(compacted_history_means_a_resync)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(b->async_join());
    ok(a->async_join("goes"));
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    seen.news();
    server.drop_pushes(true);
    ok(a->async_leave("goes"));
    for (int i = 0; i < 2500; ++i)
        ok(a->async_join("m", std::to_string(i)));
    server.drop_pushes(false);
    run_for(10s);
    BOOST_TEST(seen.news() == (names{"-goes", "+m=2499"}), boost::test_tools::per_element());
    BOOST_TEST(seen.resyncs == 1);
    BOOST_TEST(b.count().resyncs == 1u);
    BOOST_TEST((seen.records() == ok(b->async_members())));
}

BOOST_AUTO_TEST_CASE(a_replay_tells_what_happened_since)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("m", "1"));
    ok(a->async_join("n", "1"));
    reader first{ok(b->async_watch())};
    first.ask();
    settle();
    auto const since = first.revision;
    ok(a->async_update("m", "2"));
    ok(a->async_join("o", "1"));
    ok(a->async_leave("n"));
    ok(a->async_update("m", "3"));

    reader replayed{ok(b->async_watch(from(since)))};
    replayed.folded = first.folded;
    replayed.read_on();
    settle();
    BOOST_TEST(replayed.news() == (names{"*m=2", "+o=1", "-n", "*m=3"}), boost::test_tools::per_element());
    BOOST_TEST(replayed.resyncs == 0);
    BOOST_TEST((replayed.records() == ok(b->async_members())));
    ok(a->async_leave("m"));
    settle();
    BOOST_TEST(replayed.news() == (names{"-m"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_replay_tells_of_a_single_update)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("m", "1"));
    reader first{ok(b->async_watch())};
    first.ask();
    settle();
    ok(a->async_update("m", "2"));
    reader replayed{ok(b->async_watch(from(first.revision)))};
    replayed.folded = first.folded;
    replayed.read_on();
    settle();
    BOOST_TEST(replayed.news() == (names{"*m=2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_replay_of_a_name_that_two_have_ends_with_the_right_value)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    ok(a->async_join("m", "old"));
    run_for(1s);
    ok(b->async_join("m", "young"));
    reader first{ok(c->async_watch())};
    first.ask();
    settle();
    ok(b->async_leave("m"));
    reader replayed{ok(c->async_watch(from(first.revision)))};
    replayed.folded = first.folded;
    replayed.read_on();
    settle();
    BOOST_TEST((replayed.records() == ok(c->async_members())));
}

BOOST_AUTO_TEST_CASE(a_replay_from_now_tells_nothing)
{
    auto& a = make("a");
    ok(a->async_join("m"));
    reader first{ok(a->async_watch())};
    first.ask();
    settle();
    reader second{ok(a->async_watch(from(first.revision)))};
    second.read_on();
    settle();
    BOOST_TEST(second.changes == 0);
    ok(a->async_join("n"));
    settle();
    BOOST_TEST(second.news() == (names{"+n="}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_replay_from_nowhere_is_a_resync)
{
    auto& a = make("a");
    ok(a->async_join("m"));
    auto const any = ok(a->async_watch());
    for (std::uint64_t const revision : {std::uint64_t{5}, ~std::uint64_t{0}})
    {
        reader seen{ok(a->async_watch(from(revision)))};
        seen.read_on();
        settle();
        BOOST_TEST(seen.resyncs == 1);
        BOOST_TEST(seen.news() == (names{"+m="}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(readers_of_two_processes_see_the_same)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    reader one{ok(b->async_watch())};
    reader two{ok(c->async_watch())};
    one.read_on();
    two.read_on();
    for (int i = 0; i < 20; ++i)
    {
        auto& who = i % 2 == 0 ? a : b;
        ok(who->async_join("m" + std::to_string(i % 5), std::to_string(i)));
        if (i % 3 == 0)
            ok(who->async_leave("m" + std::to_string((i + 3) % 5)));
    }
    settle();
    BOOST_TEST(one.news() == two.news(), boost::test_tools::per_element());
    BOOST_TEST(one.revision == two.revision);
    BOOST_TEST((one.records() == ok(a->async_members())));
    BOOST_TEST((b->members() == one.records()));
}

BOOST_AUTO_TEST_CASE(a_second_call_at_a_time_is_an_error_and_a_cancelled_one_loses_nothing)
{
    auto& a = make("a");
    auto events = ok(a->async_watch());
    BOOST_TEST(ok(events.async_next()).has_value());
    auto const first = start(events.async_next());
    BOOST_TEST((error_of(events.async_next()) == errc::bad_argument));
    first->cancel.emit(asio::cancellation_type::total);
    settle();
    BOOST_TEST((first->error == asio::error::operation_aborted));
    auto const second = start(events.async_next());
    ok(a->async_join("m"));
    settle();
    BOOST_REQUIRE(second->good());
    BOOST_TEST(second->value->joined == (names{"m"}), boost::test_tools::per_element());
    BOOST_TEST(first->times == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_whose_handle_is_gone_costs_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    {
        auto const events = ok(b->async_watch());
    }
    settle();
    int pushes = 0;
    server.on_push([&](testing::push const&) {
        ++pushes;
        return testing::push_fault{};
    });
    ok(a->async_join("m"));
    settle();
    BOOST_TEST(pushes == 0);
    BOOST_TEST(b->members().empty());
    server.on_push({});
}

BOOST_AUTO_TEST_SUITE_END()
