// Who is a member: records and events folded.
#include "src/core/roster.hpp"

#include "history.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace coterie::core;
using unit::fold;
using unit::membership;
using unit::seen_in;

record of(std::string name, char session, int joined, std::string value)
{
    return {std::move(name), std::string(16, session), server_time{std::chrono::milliseconds{joined}}, std::move(value)};
}

delta applied(roster& to, event const& next)
{
    delta step;
    BOOST_TEST((to.apply(next, step) == roster::applied::yes));
    return step;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(roster)

BOOST_AUTO_TEST_CASE(one_name_joins_is_updated_and_leaves)
{
    coterie::core::roster members;
    auto step = applied(members, {5, 0, {{change_kind::joined, of("a", 'x', 1, "1")}}});
    BOOST_TEST(step.at == 5U);
    BOOST_TEST((step.changes == std::vector<name_change>{{change_kind::joined, of("a", 'x', 1, "1"), ""}}));
    step = applied(members, {6, 5, {{change_kind::updated, of("a", 'x', 1, "2")}}});
    BOOST_TEST((step.changes == std::vector<name_change>{{change_kind::updated, of("a", 'x', 1, "2"), "1"}}));
    step = applied(members, {9, 6, {{change_kind::left, of("a", 'x', 0, "")}}});
    BOOST_TEST((step.changes == std::vector<name_change>{{change_kind::left, of("a", 'x', 1, "2"), "2"}}));
    BOOST_TEST(members.size() == 0U);
    BOOST_TEST(members.at() == 9U);
}

BOOST_AUTO_TEST_CASE(a_name_is_a_member_while_any_session_has_joined_it)
{
    coterie::core::roster members;
    applied(members, {1, 0, {{change_kind::joined, of("a", 'x', 1, "old")}}});
    auto step = applied(members, {2, 1, {{change_kind::joined, of("a", 'y', 2, "young")}}});
    BOOST_TEST((step.changes == std::vector<name_change>{{change_kind::updated, of("a", 'y', 2, "young"), "old"}}));
    step = applied(members, {3, 2, {{change_kind::updated, of("a", 'x', 1, "older")}}});
    BOOST_TEST(step.empty());  // the youngest is shown
    step = applied(members, {4, 3, {{change_kind::left, of("a", 'y', 0, "")}}});
    BOOST_TEST((step.changes == std::vector<name_change>{{change_kind::updated, of("a", 'x', 1, "older"), "young"}}));
}

BOOST_AUTO_TEST_CASE(what_cancels_out_within_an_event_is_not_told)
{
    coterie::core::roster members;
    auto const step = applied(members, {1, 0, {{change_kind::joined, of("a", 'x', 1, "1")}, {change_kind::left, of("a", 'x', 0, "")}}});
    BOOST_TEST(step.empty());
    BOOST_TEST(step.at == 1U);
}

BOOST_AUTO_TEST_CASE(duplicates_and_gaps_change_nothing)
{
    coterie::core::roster members{5, {of("a", 'x', 1, "1")}};
    delta step;
    BOOST_TEST((members.apply({5, 4, {{change_kind::left, of("a", 'x', 0, "")}}}, step) == coterie::core::roster::applied::duplicate));
    BOOST_TEST((members.apply({3, 2, {{change_kind::left, of("a", 'x', 0, "")}}}, step) == coterie::core::roster::applied::duplicate));
    BOOST_TEST((members.apply({8, 7, {{change_kind::left, of("a", 'x', 0, "")}}}, step) == coterie::core::roster::applied::gap));
    BOOST_TEST(members.at() == 5U);
    BOOST_TEST(members.find("a") != nullptr);
}

BOOST_AUTO_TEST_CASE(folded_steps_are_the_membership)
{
    for (unsigned seed = 0; seed < 200; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            unit::history store{seed};
            coterie::core::roster members;
            membership folded;
            for (int i = 0; i < 60; ++i)
            {
                fold(folded, applied(members, store.next()));
                BOOST_TEST((folded == seen_in(members)));
                BOOST_TEST((folded == seen_in(store.snapshot())));
            }
        }
}

BOOST_AUTO_TEST_CASE(a_snapshot_in_between_is_a_difference)
{
    for (unsigned seed = 0; seed < 200; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            unit::history store{seed};
            coterie::core::roster members;
            membership folded;
            for (int i = 0; i < 20; ++i)
            {
                for (auto missed = store.below(6); missed > 0; --missed)
                    store.next();
                auto const step = members.reset(store.snapshot());
                BOOST_TEST(step.resynced);
                BOOST_TEST(step.at == store.snapshot().at());
                fold(folded, step);
                BOOST_TEST((folded == seen_in(store.snapshot())));
                fold(folded, applied(members, store.next()));
            }
        }
}

// Whoever comes back with an earlier revision ends with the membership of now, values included.
BOOST_AUTO_TEST_CASE(a_replay_from_any_revision_ends_with_the_membership)
{
    for (unsigned seed = 0; seed < 200; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            unit::history store{seed};
            for (auto before = store.below(20); before > 0; --before)
                store.next();
            auto const then = store.snapshot();
            std::vector<event> since;
            for (auto after = store.below(20); after > 0; --after)
                since.push_back(store.next());

            auto known = seen_in(then);
            auto replayed = store.snapshot().rewound(then.at(), since);
            BOOST_TEST(replayed.at() == then.at());
            for (auto const& each : since)
                fold(known, applied(replayed, each));
            BOOST_TEST((known == seen_in(store.snapshot())));
        }
}

BOOST_AUTO_TEST_CASE(from_nothing_everybody_has_joined)
{
    coterie::core::roster const members{7, {of("b", 'x', 1, "1"), of("a", 'x', 2, "2"), of("a", 'y', 3, "3")}};
    membership folded;
    auto const step = members.from_nothing();
    fold(folded, step);
    BOOST_TEST(step.at == 7U);
    BOOST_TEST(!step.resynced);
    BOOST_TEST((folded == membership{{"a", "3"}, {"b", "1"}}));
}

// A session that was dead at the snapshot is left out; until its leaving is announced, earlier events do not lead here.
BOOST_AUTO_TEST_CASE(the_dead_of_a_snapshot_do_not_count)
{
    coterie::core::roster members{7, {of("a", 'x', 1, ""), of("d", 'y', 2, "")}, {std::string(16, 'y')}};
    BOOST_TEST(members.size() == 1U);
    BOOST_TEST(!members.whole());
    auto const step = applied(members, {8, 7, {{change_kind::left, of("d", 'y', 0, "")}}});
    BOOST_TEST(step.changes.empty());
    BOOST_TEST(members.whole());
}

BOOST_AUTO_TEST_SUITE_END()
