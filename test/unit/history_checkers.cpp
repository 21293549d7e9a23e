// The checkers of histories: each catches what it is for, and takes what is right.
#include "test/checkers/data_checker.hpp"
#include "test/checkers/event_checker.hpp"
#include "test/checkers/hold_checker.hpp"
#include "test/checkers/leader_checker.hpp"
#include "test/checkers/lock_checker.hpp"
#include "test/checkers/memo_checker.hpp"
#include "test/checkers/presence_checker.hpp"
#include "test/checkers/punctuality.hpp"

#include <boost/test/unit_test.hpp>

using namespace coterie::checkers;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(history_checkers)

BOOST_AUTO_TEST_CASE(locks)
{
    acquisition one{.number = 1, .names = {"a"}, .asked_at = 1s, .fence = 7, .believed = [] { return true; }};
    acquisition two{.number = 2, .names = {"a"}, .asked_at = 2s, .fence = 8, .believed = [] { return true; }};
    lock_checker checker{true};
    checker.on_asked(one);
    checker.on_asked(two);
    BOOST_CHECK_THROW(lock_checker{checker}.on_granted(two), violation);  // the other was first
    checker.on_granted(one);
    BOOST_CHECK_THROW(lock_checker{checker}.on_granted(two), violation);  // he believes to hold it
    BOOST_CHECK_THROW(checker.require_nobody_waits(), violation);
    checker.on_released(one);
    two.fence = 7;
    BOOST_CHECK_THROW(lock_checker{checker}.on_granted(two), violation);  // no larger fence
    two.fence = 8;
    checker.on_granted(two);
    checker.require_nobody_waits();
}

BOOST_AUTO_TEST_CASE(holds)
{
    hold_checker checker;
    checker.on_seen({1, 1s, true, 5s, true});
    BOOST_CHECK_THROW(checker.on_seen({1, 2s, true, 5s, false}), violation);  // the store knows better
    BOOST_CHECK_THROW(checker.on_seen({1, 6s, true, 5s, {}}), violation);     // past the deadline
    checker.on_seen({1, 6s, false, 5s, {}});
    BOOST_CHECK_THROW(checker.on_seen({1, 7s, true, 9s, {}}), violation);  // taken again
}

BOOST_AUTO_TEST_CASE(what_is_due)
{
    punctuality checker;
    checker.expect("this", 5s);
    checker.look(5s);
    BOOST_CHECK_THROW(checker.look(5001ms), violation);
    BOOST_CHECK_THROW(checker.happened("this", 6s), violation);
    checker.happened("this", 5s);
    checker.look(9s);
}

BOOST_AUTO_TEST_CASE(events)
{
    event_checker checker;
    auto const records = [](std::string const& value) { return member_records{{"ann", {{value, "s"}}}}; };
    checker.on_truth(1, records("x"));
    checker.on_truth(2, records("y"));
    checker.on_change({.reader = 1, .revision = 1, .joined = {{"ann", "x"}}, .living = {"s"}});
    auto const throws = [&](change_seen const& change) { BOOST_CHECK_THROW(event_checker{checker}.on_change(change), violation); };
    throws({.reader = 1, .revision = 2, .joined = {{"ann", "y"}}});   // was there
    throws({.reader = 1, .revision = 2, .left = {"bob"}});            // was not
    throws({.reader = 1, .revision = 2, .updated = {{"bob", "x"}}});  // was not
    throws({.reader = 1, .revision = 2, .updated = {{"ann", "z"}}});  // is not the truth
    throws({.reader = 1, .revision = 1, .updated = {{"ann", "x"}}});  // no new revision
    throws({.reader = 2, .revision = 2, .living = {"s"}});            // she is missing
    checker.on_change({.reader = 1, .revision = 2, .updated = {{"ann", "y"}}});
    checker.on_change({.reader = 2, .revision = 2});  // (she was dead, and not announced as such)
    BOOST_CHECK_THROW(checker.require_all_know({{"ann", "y"}}), violation);
    checker.forget(2);
    checker.require_all_know({{"ann", "y"}});
}

BOOST_AUTO_TEST_CASE(events_of_several_sessions_under_one_name)
{
    event_checker checker;
    checker.on_truth(1, member_records{{"ann", {{"y", "new"}, {"x", "old"}}}});
    auto const throws = [&](change_seen const& change) { BOOST_CHECK_THROW(event_checker{checker}.on_change(change), violation); };
    throws({.reader = 1, .revision = 1, .joined = {{"ann", "x"}}, .living = {"old", "new"}});
    checker.on_change({.reader = 1, .revision = 1, .joined = {{"ann", "y"}}, .living = {"old", "new"}});
    checker.on_change({.reader = 2, .revision = 1, .joined = {{"ann", "x"}}, .living = {"old"}});  // the new one was dead
    checker.on_truth(2, member_records{{"ann", {{"y", "new"}, {"z", "old"}}}});
    throws({.reader = 1, .revision = 2, .updated = {{"ann", "z"}}, .living = {"old"}});  // of whom this one knows
    checker.on_change({.reader = 2, .revision = 2, .updated = {{"ann", "z"}}, .living = {"old"}});
}

BOOST_AUTO_TEST_CASE(events_where_the_store_tells_nothing)
{
    event_checker checker;
    checker.on_truth(1, member_records{});
    checker.on_change({.reader = 1, .revision = 1});
    checker.on_change({.reader = 2, .revision = 1});
    checker.on_change({.reader = 3, .revision = 2, .joined = {{"bob", "x"}}});  // what she begins with may lack the dead: it is no truth
    checker.on_change({.reader = 1, .revision = 2, .joined = {{"ann", "x"}, {"bob", "x"}}});
    auto const throws = [&](change_seen const& change) { BOOST_CHECK_THROW(event_checker{checker}.on_change(change), violation); };
    throws({.reader = 2, .revision = 2, .joined = {{"bob", "x"}}});
    checker.on_change({.reader = 2, .revision = 2, .joined = {{"bob", "x"}}, .resynced = true});  // nor what she begins anew with
}

BOOST_AUTO_TEST_CASE(leaders)
{
    leader_checker checker;
    checker.on_term(7, "ann");
    BOOST_CHECK_THROW(checker.on_term(7, "bob"), violation);
    checker.on_seen({1, 1, 7, "ann", "x"});
    auto const throws = [&](leader_seen const& seen) { BOOST_CHECK_THROW(leader_checker{checker}.on_seen(seen), violation); };
    throws({1, 2, 7, "bob", "y"});  // another leader
    throws({1, 2, 6, "bob", "y"});  // an earlier term
    throws({1, 2, 7, "ann", "x"});  // no change
    throws({1, 1, 8, "bob", "x"});  // no new revision
    throws({2, 1, 8, "bob", "x"});  // the other was told of 7
    checker.on_seen({1, 2});
    checker.require_all_know(0);
    BOOST_CHECK_THROW(checker.require_all_know(7), violation);
    throws({1, 3, 6, "bob", "y"});
    checker.on_lost();
    throws({1, 1, 6, "bob", "y"});  // terms grow
    checker.on_failover(8);
    checker.on_seen({1, 1, 6, "bob", "y"});
    throws({1, 2, 5, "cid", "y"});
}

BOOST_AUTO_TEST_CASE(leaders_of_two_branches)
{
    leader_checker checker;
    checker.on_term(7, "ann");
    checker.on_replica_behind();
    checker.on_term(8, "bob");
    BOOST_CHECK_THROW(leader_checker{checker}.on_term(8, "cid"), violation);
    checker.on_failover(10);
    checker.on_term(8, "cid");
    BOOST_CHECK_THROW(leader_checker{checker}.on_term(8, "dan"), violation);
    BOOST_CHECK_THROW(checker.on_term(7, "bob"), violation);  // the replica knew of it
    checker.on_term(11, "ann");
    BOOST_CHECK_THROW(checker.on_term(11, "bob"), violation);  // it is later than that
}

BOOST_AUTO_TEST_CASE(data)
{
    data_checker checker;
    checker.on_read("p", std::nullopt, 1s, 1s);
    auto const first = checker.on_write("p", "a", 2s);
    checker.on_read("p", "a", 3s, 3s);
    checker.on_read("p", std::nullopt, 3s, 3s);
    checker.on_written(first, 4s, true, 10s);
    BOOST_CHECK_THROW(checker.on_read("p", std::nullopt, 5s, 5s), violation);
    auto const second = checker.on_write("p", "b", 6s);
    checker.on_written(second, 7s, true, 0s);
    checker.on_read("p", "a", 8s, 8s);  // a late try of it
    BOOST_CHECK_THROW(checker.on_read("p", "c", 8s, 8s), violation);
    auto const third = checker.on_write("p", std::nullopt, 20s);
    checker.on_written(third, 20s, true, 0s);
    BOOST_CHECK_THROW(checker.on_read("p", "b", 21s, 21s), violation);
    checker.on_lost(22s);
    checker.on_read("p", "b", 23s, 23s);
}

BOOST_AUTO_TEST_CASE(data_for_a_term)
{
    data_checker checker{10ms};
    checker.on_listed("p", false, 1s, 1s);
    BOOST_CHECK_THROW(checker.on_listed("p", true, 1s, 1s), violation);
    checker.on_written(checker.on_write("p", "a", 1s, 5s), 2s, true, 0s);
    checker.on_read("p", "a", 3s, 3s);
    checker.on_listed("p", true, 3s, 3s);
    BOOST_CHECK_THROW(checker.on_read("p", std::nullopt, 3s, 3s), violation);
    BOOST_CHECK_THROW(checker.on_listed("p", false, 3s, 3s), violation);
    checker.on_read("p", std::nullopt, 5s, 5990ms);  // at the earliest
    checker.on_read("p", "a", 7010ms, 8s);           // at the latest
    BOOST_CHECK_THROW(checker.on_read("p", "a", 7011ms, 8s), violation);
    BOOST_CHECK_THROW(checker.on_listed("p", true, 7011ms, 8s), violation);
}

BOOST_AUTO_TEST_CASE(presence)
{
    presence_checker checker{3s, 1ms};
    auto const tell = [&](std::string const& source, int what, moment at) {
        checker.on_told(checker.on_telling("ann", source, what, at), at, true, 0s);
    };
    BOOST_CHECK_THROW(checker.on_read("ann", 5, 1s, 1s), violation);
    tell("s", 3, 2s);
    checker.on_read("ann", 3, 3s, 3s);
    BOOST_CHECK_THROW(checker.on_read("ann", 0, 3s, 3s), violation);
    BOOST_CHECK_THROW(checker.on_read("ann", 5, 3s, 3s), violation);
    tell("s", presence_checker::refresh, 4s);
    checker.on_read("ann", 3, 6s, 6s);
    BOOST_CHECK_THROW(checker.on_read("ann", 5, 6s, 6s), violation);  // a refresh keeps the status
    tell("t", 5, 6s);
    checker.on_read("ann", 5, 6500ms, 6500ms);
    BOOST_CHECK_THROW(checker.on_read("ann", 3, 6500ms, 6500ms), violation);  // another source is more present
    BOOST_CHECK_THROW(checker.on_read("ann", 5, 9100ms, 9100ms), violation);  // their time is over
    checker.on_read("ann", 0, 9100ms, 9100ms);
    checker.on_change(1, "ann", 5, 6000, false);
    BOOST_CHECK_THROW(checker.on_change(1, "ann", 5, 6000, false), violation);
    BOOST_CHECK_THROW(checker.require_all_know("ann", 0), violation);
    checker.on_change(1, "ann", 0, 9000, false);
    checker.require_all_know("ann", 0);
}

BOOST_AUTO_TEST_CASE(memo)
{
    memo_checker checker{500ms};
    checker.on_changed("x", 2, 1s);
    checker.on_got("x", 1, 1500ms, 2);
    BOOST_CHECK_THROW(checker.on_got("x", 1, 1501ms, 2), violation);
    BOOST_CHECK_THROW(checker.on_got("x", 3, 2s, 2), violation);
    checker.on_begun("x", true);
    checker.on_begun("x", false);
    BOOST_CHECK_THROW(checker.on_begun("x", true), violation);
}

BOOST_AUTO_TEST_SUITE_END()
