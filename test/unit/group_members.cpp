#include "group_reader.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_members, world)

BOOST_AUTO_TEST_CASE(one_connector_joins_many_names_and_others_see_them_at_once)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const begin = clock->now();
    ok(a->async_join());
    ok(a->async_join("abc", "10.0.0.7:8080"));
    auto const seen = ok(b->async_members());
    BOOST_TEST(names_of(seen) == (names{"a", "abc"}), boost::test_tools::per_element());
    BOOST_TEST(seen.at(1).value == "10.0.0.7:8080");
    BOOST_TEST(seen.at(1).path() == "/default-group/members/abc");
    BOOST_TEST((seen.at(1).joined_at == std::chrono::floor<std::chrono::milliseconds>(clock->wall())));
    BOOST_TEST((clock->now() == begin));
}

BOOST_AUTO_TEST_CASE(leaving_is_true_once)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    BOOST_TEST(!ok(b->async_leave("a")));
    BOOST_TEST(ok(a->async_leave("a")));
    BOOST_TEST(!ok(a->async_leave("a")));
    BOOST_TEST(ok(b->async_members()).empty());
}

BOOST_AUTO_TEST_CASE(a_leave_is_not_forgotten_while_a_join_is_not_settled)
{
    auto& a = make("a");
    ok(a->async_join("m", "1"));
    fail_next("join", {.what = testing::request_fault::kind::disconnect_after});
    server.refuse_connections(true);
    auto const join = start(a->async_join("m", "2"));
    run_for(1s);
    auto const leave = start(a->async_leave("m"));
    run_for(1min);
    BOOST_TEST((join->error == errc::outcome_unknown));
    BOOST_TEST((leave->error == errc::not_connected));
    server.refuse_connections(false);
    run_for(2s);
    BOOST_TEST(ok(a->async_members()).empty());
}

BOOST_AUTO_TEST_CASE(an_update_keeps_tags_and_the_time_of_the_join)
{
    auto& a = make("a");
    std::vector<std::string_view> const views{"red", "green"};
    coterie::join_options tags;
    tags.tags = views;
    ok(a->async_join("m", "1", tags));
    auto const before = ok(a->async_members()).at(0);
    run_for(1s);
    BOOST_TEST(ok(a->async_update("m", "2")));
    BOOST_TEST(!ok(a->async_update("other", "2")));
    auto after = ok(a->async_members()).at(0);
    BOOST_TEST(after.value == "2");
    BOOST_TEST(after.tags == (names{"red", "green"}), boost::test_tools::per_element());
    after.value = "1";
    BOOST_TEST((after == before));
}

BOOST_AUTO_TEST_CASE(joining_again_replaces_value_and_tags_but_not_the_time)
{
    auto& a = make("a");
    ok(a->async_join("m", "1"));
    auto const joined_at = ok(a->async_members()).at(0).joined_at;
    run_for(1s);
    std::vector<std::string_view> const views{"red"};
    coterie::join_options tags;
    tags.tags = views;
    ok(a->async_join("m", "2", tags));
    auto const after = ok(a->async_members()).at(0);
    BOOST_TEST(after.value == "2");
    BOOST_TEST(after.tags.size() == 1u);
    BOOST_TEST((after.joined_at == joined_at));
}

BOOST_AUTO_TEST_CASE(a_name_of_two_connectors_shows_the_youngest_and_leaves_with_the_last)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    reader all{ok(c->async_watch())};
    all.read_on();
    ok(a->async_join("m", "old"));
    run_for(1s);
    ok(b->async_join("m", "young"));
    settle();
    BOOST_TEST(ok(c->async_members()).at(0).value == "young");
    ok(a->async_update("m", "hidden"));
    settle();
    BOOST_TEST(all.news() == (names{"+m=old", "*m=young"}), boost::test_tools::per_element());
    BOOST_TEST(ok(b->async_leave("m")));
    settle();
    BOOST_TEST(ok(c->async_members()).at(0).value == "hidden");
    BOOST_TEST(all.news() == (names{"*m=hidden"}), boost::test_tools::per_element());
    BOOST_TEST(ok(a->async_leave("m")));
    settle();
    BOOST_TEST(all.news() == (names{"-m"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_member_stays_while_its_process_beats)
{
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    ok(a->async_join());
    run_for(10min);
    BOOST_TEST(seen.news() == (names{"+a="}), boost::test_tools::per_element());
    BOOST_TEST(a.count().beats >= 120u);
    BOOST_TEST(a.count().beats <= 127u);
    BOOST_TEST(a.count().failed_beats == 0u);
    BOOST_TEST(a.count().lost_sessions == 0u);
}

BOOST_AUTO_TEST_CASE(a_stalled_process_is_a_member_again)
{
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    ok(a->async_join());
    run_for(1s);
    a.runs = false;
    run_for(20s);
    BOOST_TEST(seen.members().empty());
    a.runs = true;
    run_for(1s);
    BOOST_TEST(seen.news() == (names{"+a=", "-a", "+a="}), boost::test_tools::per_element());
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.logged("the session was lost"));
}

BOOST_AUTO_TEST_CASE(a_server_that_lost_its_data_gets_its_members_back)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("m", "1"));
    ok(b->async_join("n", "2"));
    reader seen{ok(b->async_watch())};
    seen.read_on();
    settle();
    run_for(2s);
    server.lose_data();
    server.disconnect_all();
    run_for(2s);
    BOOST_TEST(names_of(ok(b->async_members())) == (names{"m", "n"}), boost::test_tools::per_element());
    BOOST_TEST((seen.members() == names{"m", "n"}));  // (they came back before anybody saw them missing)
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.count().epochs == 1u);
    BOOST_TEST(a.logged("lost its data"));
    run_for(1min);
    BOOST_TEST(a.count().lost_sessions == 1u);
}

BOOST_AUTO_TEST_CASE(a_step_of_the_servers_clock_is_told)
{
    auto& a = make("a");
    ok(a->async_join("m"));
    run_for(1min);
    BOOST_TEST(a.count().clock_steps == 0u);
    server.step_time(1s);
    run_for(6s);
    BOOST_TEST(a.count().clock_steps == 1u);
    BOOST_TEST(a.logged("clock was moved by "));
    server.step_time(1h);  // every lease is over at once
    run_for(6s);
    BOOST_TEST(a.count().clock_steps == 2u);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(names_of(ok(a->async_members())) == names{"m"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dropped_request_or_reply_of_a_join_is_made_good)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
    {
        auto& a = make("a");
        ok(a->async_join("first"));
        fail_next("join", {.what = what});
        ok(a->async_join("second"));
        fail_next("leave", {.what = what});
        BOOST_TEST(ok(a->async_leave("second")));
        BOOST_TEST(names_of(ok(a->async_members())) == (names{"first"}), boost::test_tools::per_element());
        BOOST_TEST(a.count().connects == 3u);
        BOOST_TEST(a.count().lost_sessions == 0u);
        ok(a->async_close());
    }
}

BOOST_AUTO_TEST_CASE(an_unreachable_server_is_not_connected_and_nothing_happens_later)
{
    auto& a = make("a");
    server.refuse_connections(true);
    auto const begin = clock->now();
    auto const joined = end_of(a->async_join());
    BOOST_TEST((joined->error == errc::not_connected));
    BOOST_TEST((joined->at - begin == 4s));
    server.refuse_connections(false);
    run_for(20s);
    BOOST_TEST(ok(a->async_members()).empty());
    ok(a->async_join());
}

BOOST_AUTO_TEST_CASE(a_join_whose_outcome_is_unknown_is_given_back)
{
    auto& a = make("a");
    ok(a->async_join("first"));
    fail_next("join", {.what = fault::drop_after}, 1000);
    BOOST_TEST((error_of(a->async_join("second")) == errc::outcome_unknown));
    BOOST_TEST(stored("second"));
    server.on_request({});
    run_for(5s);
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"first"}), boost::test_tools::per_element());
    run_for(1min);
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"first"}), boost::test_tools::per_element());
}

// The header's promise: a leave goes on in the background.
BOOST_AUTO_TEST_CASE(a_leave_that_could_not_be_sent_in_time_happens_later)
{
    auto& a = make("a");
    ok(a->async_join());
    server.refuse_connections(true);
    server.disconnect_all();
    settle();
    BOOST_TEST((error_of(a->async_leave("a")) == errc::not_connected));
    server.refuse_connections(false);
    run_for(2s);
    BOOST_TEST(ok(a->async_members()).empty());
    run_for(1min);
    BOOST_TEST(ok(a->async_members()).empty());
}

BOOST_AUTO_TEST_CASE(a_full_server_refuses_joins_and_keeps_who_is_there)
{
    auto& a = make("a");
    ok(a->async_join());
    server.full(true);
    auto const refused = error_of(a->async_join("b"));
    BOOST_TEST((refused == errc::refused));
    BOOST_TEST(refused.message().find("OOM") != std::string::npos);
    BOOST_TEST((error_of(a->async_update("a", "2")) == errc::refused));
    run_for(1min);
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"a"}), boost::test_tools::per_element());
    server.full(false);
    run_for(1min);
    auto const members = ok(a->async_members());
    BOOST_TEST(names_of(members) == (names{"a"}), boost::test_tools::per_element());
    BOOST_TEST(members.at(0).value.empty());
}

BOOST_AUTO_TEST_CASE(a_frozen_server_keeps_its_members_if_it_thaws_in_time)
{
    auto& a = make("a");
    ok(a->async_join());
    auto const lock = ok(a->async_try_lock("l"));
    server.freeze();
    run_for(4s);
    server.thaw();
    run_for(2s);
    BOOST_TEST(ok(a->async_members()).size() == 1u);
    BOOST_TEST((lock->state() == coterie::lock_state::held));
}

// It was sent on a connection that broke, and arrives when a newer one has already said something else.
BOOST_AUTO_TEST_CASE(a_command_delayed_in_an_old_connection_does_nothing)
{
    auto& a = make("a");
    ok(a->async_join("first"));
    fail_next("join", {.delay = 3s});
    auto const joined = start(a->async_join("ghost"));
    settle();
    server.disconnect_all();
    run_until([&] { return joined->times > 0; });
    BOOST_TEST(joined->good());
    BOOST_TEST(ok(a->async_leave("ghost")));
    auto const before = server.dump("default-group");
    run_for(3s);
    BOOST_TEST(!stored("ghost"));
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"first"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_step_of_the_time_of_day_ends_no_lease)
{
    auto& a = make("a");
    ok(a->async_join());
    auto const lock = ok(a->async_try_lock("l"));
    clock->step_wall(24h);
    run_for(10s);
    clock->step_wall(-48h);
    run_for(10s);
    BOOST_TEST(ok(a->async_members()).size() == 1u);
    BOOST_TEST((lock->state() == coterie::lock_state::held));
    BOOST_TEST(a.count().lost_sessions == 0u);
}

BOOST_AUTO_TEST_CASE(two_groups_know_nothing_of_each_other)
{
    group_config other;
    other.group_name = "other";
    auto& a = make("a");
    auto& b = make("b", other);
    ok(a->async_join("m"));
    ok(b->async_join("n"));
    auto const lock = ok(a->async_try_lock("l"));
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
    BOOST_TEST(ok(a->async_members()).size() == 1u);
    BOOST_TEST(ok(b->async_members()).at(0).path() == "/other/members/n");
}

BOOST_AUTO_TEST_SUITE_END()
