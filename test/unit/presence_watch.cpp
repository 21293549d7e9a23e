// Streams of presence: they begin with a snapshot, lose no net change, and end.
#include "presence_world.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(presence_watch, presence_world)

BOOST_AUTO_TEST_CASE(a_stream_of_all_begins_with_everybody_who_is_there_even_nobody)
{
    auto& a = space();
    auto& b = space();
    presence_reader empty{ok(b.async_watch())};
    empty.read_on();
    settle();
    BOOST_TEST(empty.changes == 1);
    BOOST_TEST(empty.news().empty());
    ok(a.async_online({"ann", "bob", "cid"}));
    ok(a.async_offline("bob"));
    ok(a.async_set_status("cid", status::away, {.text = "lunch"}));
    presence_reader late{ok(b.async_watch())};
    late.read_on();
    settle();
    BOOST_TEST(late.changes == 1);
    BOOST_TEST(late.news() == (names{"ann=online", "cid=away"}), boost::test_tools::per_element());
    BOOST_TEST(late.folded["cid"].text == "lunch");
    BOOST_TEST(empty.folded["bob"].status == status::offline);
}

BOOST_AUTO_TEST_CASE(a_stream_of_some_begins_with_how_they_are_and_hears_of_no_others)
{
    auto& a = space();
    auto& b = space();
    ok(a.async_online({"ann", "bob"}));
    ok(a.async_offline("bob"));
    presence_reader friends{ok(b.async_watch({"ann", "bob", "cid"}))};
    friends.read_on();
    settle();
    BOOST_TEST(friends.news() == (names{"ann=online", "bob=offline", "cid=unknown"}), boost::test_tools::per_element());
    ok(a.async_online({"bob", "dan", "eva"}));
    ok(a.async_online({"ann", "bob"}));  // a refresh
    settle();
    BOOST_TEST(friends.news() == names{"bob=online"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_set_of_ids_can_change_while_the_stream_is_open)
{
    auto& a = space();
    auto& b = space();
    ok(a.async_online({"ann", "bob"}));
    presence_reader friends{ok(b.async_watch("ann"))};
    friends.read_on();
    settle();
    friends.news();
    ok(friends.events().async_add({"bob", "cid"}));
    settle();
    BOOST_TEST(friends.news() == (names{"bob=online", "cid=unknown"}), boost::test_tools::per_element());
    friends.events().remove({"ann"});
    ok(a.async_offline({"ann", "bob"}));
    ok(a.async_online("cid"));
    settle();
    BOOST_TEST(friends.news() == (names{"bob=offline", "cid=online"}), boost::test_tools::per_element());
    BOOST_TEST((error_of(friends.events().async_add("")) == errc::bad_name));
    presence_reader all{ok(b.async_watch())};
    BOOST_TEST((error_of(all.events().async_add("x")) == errc::bad_argument));
}

BOOST_AUTO_TEST_CASE(who_is_not_heard_of_is_announced_as_gone_in_time)
{
    auto& a = space(with_ttl(2s));
    auto& b = space(with_ttl(2s));
    presence_reader seen{ok(b.async_watch())};
    seen.read_on();
    ok(a.async_online({"ann", "bob"}));
    auto const then = clock->now();
    settle();
    seen.news();
    run_for(1s);
    ok(a.async_online("bob"));
    BOOST_TEST(run_until([&] { return !seen.folded.empty() && seen.folded["ann"].status == status::offline; }, 1min));
    BOOST_TEST((clock->now() - then <= 2s + 20ms));
    BOOST_TEST((clock->now() - then >= 2s));
    BOOST_TEST(seen.news() == names{"ann=offline"});
    run_for(5s);
    BOOST_TEST(seen.news() == names{"bob=offline"});
}

// The deadline that comes next is not the one that was known.
BOOST_AUTO_TEST_CASE(also_if_his_time_is_shorter_than_that_of_others)
{
    auto& a = space(with_ttl(1h));
    auto& hasty = space(with_ttl(300ms));
    auto& b = space(with_ttl(1h));
    presence_reader seen{ok(b.async_watch())};
    seen.read_on();
    ok(a.async_online("ann"));
    run_for(1s);
    ok(hasty.async_online("bob"));
    auto const then = clock->now();
    BOOST_TEST(run_until([&] { return seen.folded["bob"].status == status::offline; }, 1min));
    BOOST_TEST((clock->now() - then <= 320ms));
}

BOOST_AUTO_TEST_CASE(a_short_drop_is_not_announced)
{
    presence_config config;
    config.linger = 1s;
    auto& a = space(config);
    auto& b = space(config);
    presence_reader seen{ok(b.async_watch())};
    seen.read_on();
    ok(a.async_online({"ann", "bob"}));
    settle();
    seen.news();
    ok(a.async_offline({"ann", "bob"}));
    run_for(500ms);
    ok(a.async_online("ann"));
    run_for(5s);
    BOOST_TEST(seen.news() == names{"bob=offline"});
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_the_newest_state_of_each)
{
    auto& a = space();
    auto& b = space();
    presence_reader slow{ok(b.async_watch())};
    for (int i = 0; i < 100; ++i)
        ok(a.async_set_status({"ann", "bob"}, i % 2 == 0 ? status::busy : status::away));
    ok(a.async_offline("bob"));
    slow.read_on();
    settle();
    BOOST_TEST(slow.changes == 1);
    BOOST_TEST(slow.news() == (names{"ann=away", "bob=offline"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lost_pushes_are_made_good)
{
    auto& a = space();
    auto& b = space();
    presence_reader all{ok(b.async_watch())};
    presence_reader some{ok(b.async_watch({"ann", "cid"}))};
    all.read_on();
    some.read_on();
    settle();
    server.drop_pushes(true);
    ok(a.async_online({"ann", "bob"}));
    ok(a.async_set_status("ann", status::busy));
    settle();
    BOOST_TEST(all.news().empty());
    run_for(6s);
    BOOST_TEST(all.news() == (names{"ann=busy", "bob=online"}), boost::test_tools::per_element());
    BOOST_TEST(some.folded["ann"].status == status::busy);
    BOOST_TEST(all.resyncs == 0);
}

BOOST_AUTO_TEST_CASE(so_is_what_happened_while_the_store_was_away)
{
    auto& a = space();
    auto& away = last();
    auto& b = space();
    presence_reader all{ok(b.async_watch())};
    presence_reader some{ok(b.async_watch({"ann", "cid"}))};
    all.read_on();
    some.read_on();
    settle();
    server.disconnect_all();
    away.runs = true;
    ok(a.async_online({"ann", "bob"}));
    run_for(3s);
    BOOST_TEST(all.news() == (names{"ann=online", "bob=online"}), boost::test_tools::per_element());
    BOOST_TEST(some.folded["ann"].status == status::online);
}

BOOST_AUTO_TEST_CASE(lost_data_are_a_resync)
{
    auto& a = space();
    auto& b = space();
    presence_reader all{ok(b.async_watch())};
    presence_reader some{ok(b.async_watch({"ann", "bob"}))};
    all.read_on();
    some.read_on();
    ok(a.async_online({"ann", "bob"}));
    settle();
    all.news();
    some.news();
    server.lose_data();
    run_for(6s);
    BOOST_TEST(all.news() == (names{"ann=unknown", "bob=unknown"}), boost::test_tools::per_element());
    BOOST_TEST(some.news() == (names{"ann=unknown", "bob=unknown"}), boost::test_tools::per_element());
    BOOST_TEST(all.resyncs > 0);
    ok(a.async_online("ann"));
    settle();
    BOOST_TEST(all.news() == names{"ann=online"});
    BOOST_TEST(some.news() == names{"ann=online"});
}

BOOST_AUTO_TEST_CASE(the_end_of_the_presence_ends_its_streams)
{
    auto& a = space();
    presence_reader seen{ok(a.async_watch())};
    seen.read_on();
    settle();
    ok(a.async_close());
    settle();
    BOOST_TEST(seen.ended);
    BOOST_TEST((error_of(a.async_online("ann")) == errc::closed));
    BOOST_TEST((error_of(a.async_watch()) == errc::closed));
    ok(a.async_close());
}

BOOST_AUTO_TEST_CASE(a_wait_that_was_cancelled_loses_nothing)
{
    auto& a = space();
    auto events = ok(a.async_watch("ann"));
    ok(events.async_next());
    auto const waits = start(events.async_next());
    settle();
    BOOST_TEST((error_of(events.async_next()) == errc::bad_argument));
    waits->cancel.emit(asio::cancellation_type::total);
    settle();
    BOOST_TEST((waits->error == asio::error::operation_aborted));
    ok(a.async_online("ann"));
    settle();
    auto const next = ok(events.async_next());
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST(next->changes.at(0).status == status::online);
}

BOOST_AUTO_TEST_CASE(who_watches_no_more_asks_no_more)
{
    auto& a = space();
    {
        auto const all = ok(a.async_watch());
        auto const some = ok(a.async_watch({"ann", "bob"}));
        run_for(1s);
    }
    settle();
    run_for(10s);
    count_requests();
    requests = 0;
    run_for(1min);
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_SUITE_END()
