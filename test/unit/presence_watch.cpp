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

BOOST_AUTO_TEST_CASE(who_asks_for_somebody_away_does_not_tell_others_of_him_again)
{
    auto& a = space();
    ok(a.async_online("ann"));
    presence_reader all{ok(a.async_watch())};
    all.read_on();
    ok(a.async_offline("ann"));
    settle();
    BOOST_TEST(all.news() == (names{"ann=offline", "ann=online"}), boost::test_tools::per_element());
    presence_reader friends{ok(a.async_watch({"ann", "bob"}))};
    friends.read_on();
    settle();
    BOOST_TEST(friends.news() == (names{"ann=offline", "bob=unknown"}), boost::test_tools::per_element());
    BOOST_TEST(all.news().empty());
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

BOOST_AUTO_TEST_CASE(an_event_that_is_older_than_a_look_tells_nothing)
{
    presence_config config;
    config.shards = 1;
    auto& a = space(config);
    auto& b = space(config);
    ok(a.async_online("bob"));  // an empty stream has no revision
    presence_reader friends{ok(b.async_watch("bob"))};
    friends.read_on();
    settle();
    server.on_push([](testing::push const&) { return testing::push_fault{.delay = 1s}; });
    ok(a.async_set_status("ann", status::busy));
    ok(a.async_set_status("ann", status::away));
    ok(friends.events().async_add("ann"));
    settle();
    BOOST_TEST(friends.news() == (names{"ann=away", "bob=online"}), boost::test_tools::per_element());
    run_for(3s);
    BOOST_TEST(friends.news().empty());
}

BOOST_AUTO_TEST_CASE(at_once_when_the_next_one_comes)
{
    presence_config config;
    config.shards = 1;
    auto& a = space(config);
    auto& b = space(config);
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    settle();
    server.drop_pushes(true);
    ok(a.async_online("ann"));
    server.drop_pushes(false);
    ok(a.async_online("bob"));
    settle();
    BOOST_TEST(all.news() == (names{"ann=online", "bob=online"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_looked_up_for_another_reader_is_no_news)
{
    auto& a = space();
    ok(a.async_online("ann"));
    server.on_request([looks = 0](testing::request const& what) mutable {
        looks += what.operation == "look_up" ? 1 : 0;
        return testing::request_fault{.delay = looks > 2 ? 1s : 0s};  // the first one is of nobody, the second of the first reader
    });
    auto const first = start(a.async_watch("ann"));
    auto const second = start(a.async_watch("ann"));
    settle();
    BOOST_REQUIRE(first->good());
    BOOST_TEST(second->times == 0);
    presence_reader seen{std::move(first->value)};
    seen.read_on();
    settle();
    BOOST_TEST(seen.news() == names{"ann=online"});
    run_for(3s);
    BOOST_TEST(second->good());
    BOOST_TEST(seen.news().empty());
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

// A shard is read a page at a time.
BOOST_AUTO_TEST_CASE(all_are_read_however_many)
{
    presence_config config;
    config.shards = 1;
    auto& a = space(config);
    auto& b = space(config);
    names everybody;
    for (int i = 0; i < 2500; ++i)
        everybody.push_back("id " + std::to_string(i));
    ok(a.async_online(everybody));
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    settle();
    BOOST_TEST(all.folded.size() == everybody.size());
}

BOOST_AUTO_TEST_CASE(all_are_read_after_a_resync_that_nobody_waited_for)
{
    presence_config config;
    config.shards = 1;
    auto& a = space(config);
    auto& b = space(config);
    names everybody;
    for (int i = 0; i < 2500; ++i)
        everybody.push_back("id " + std::to_string(i));
    ok(a.async_online(everybody));
    presence_reader some{ok(b.async_watch("id 0"))};
    auto gone = std::make_unique<presence_reader>(ok(b.async_watch()));
    server.drop_pushes(true);
    for (int i = 0; i < 1200; ++i)  // more than history keeps
        ok(a.async_set_status("id 1", i % 2 == 0 ? status::busy : status::away));
    server.drop_pushes(false);
    server.on_request(
        [](testing::request const& what) { return testing::request_fault{.delay = what.operation == "roll_call" ? 100ms : 0ms}; });
    ok(a.async_online("somebody else"));
    run_for(150ms);
    gone.reset();
    run_for(1s);
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    settle();
    BOOST_TEST(all.folded.size() == everybody.size() + 1);
}

// Not of those in other shards either.
BOOST_AUTO_TEST_CASE(who_could_not_be_added_is_not_heard_of)
{
    auto& a = space();
    auto& b = space();
    presence_reader friends{ok(b.async_watch("bob"))};
    friends.read_on();
    settle();
    friends.news();
    names others;
    for (int i = 0; i < 20; ++i)
        others.push_back("id " + std::to_string(i));
    fail_next("look_up", {fault::refuse});
    BOOST_TEST((error_of(friends.events().async_add(others)) == errc::refused));
    run_for(1s);
    friends.news();
    ok(a.async_online(others));
    run_for(10s);
    BOOST_TEST(friends.news().empty());
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
