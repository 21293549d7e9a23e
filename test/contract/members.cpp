// Members: join, update, leave, and the one event of each.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(members, fixture)

BOOST_AUTO_TEST_CASE(a_join_is_one_event_for_all_names)
{
    session alice{c};
    auto const joined = alice.join({{"a", "1"}, {"b", "2"}, {"c", ""}});
    BOOST_TEST(joined->matched == 3U);
    BOOST_REQUIRE(joined->event.has_value());
    auto const& event = *joined->event;
    BOOST_TEST(event.previous == 0U);
    BOOST_TEST(event.id > 1'000'000'000'000'000U);  // microseconds since 1970
    BOOST_TEST(texts(event) == (strings{"+a=1", "+b=2", "+c="}));
    for (auto const& change : event.changes)
    {
        BOOST_TEST(change.member.session == alice.id());
        auto const off = change.member.joined_at - now();
        BOOST_TEST((off < 5s && off > -5s));
    }
    BOOST_TEST(c.living() == (strings{"a=1", "b=2", "c="}));
}

BOOST_AUTO_TEST_CASE(joined_twice_is_joined_once)
{
    session alice{c};
    alice.join({{"a", "1"}, {"b", "2"}});
    auto const again = alice.join({{"a", "1"}, {"b", "2"}});
    BOOST_TEST(again->matched == 2U);
    BOOST_TEST(!again->event.has_value());
}

BOOST_AUTO_TEST_CASE(another_value_is_an_update_that_keeps_joined_at)
{
    session alice{c};
    auto const joined = alice.join("a", "1");
    let_pass(5ms);
    auto const updated = alice.join({{"a", "2"}, {"b", "3"}});
    BOOST_TEST(updated->matched == 2U);
    BOOST_TEST(texts(*updated->event) == (strings{"*a=2", "+b=3"}));
    BOOST_TEST(updated->event->previous == joined->event->id);
    auto const before = joined->event->changes.at(0).member.joined_at;
    BOOST_TEST((updated->event->changes.at(0).member.joined_at == before));
    BOOST_TEST((updated->event->changes.at(1).member.joined_at > before));
    auto const all = c.snapshot();
    for (auto const& member : all->members)
        BOOST_TEST((member.joined_at == before) == (member.name == "a"));
}

BOOST_AUTO_TEST_CASE(an_update_leaves_strangers_alone)
{
    session alice{c};
    session bob{c};
    alice.join("a", "1");
    bob.join("b", "1");
    auto const updated = alice.join({{"a", "2"}, {"b", "2"}, {"x", "2"}}, true);
    BOOST_TEST(updated->matched == 1U);
    BOOST_TEST(texts(*updated->event) == strings{"*a=2"});
    BOOST_TEST(c.living() == (strings{"a=2", "b=1"}));
    auto const nothing = alice.join({{"x", "2"}}, true);
    BOOST_TEST(nothing->matched == 0U);
    BOOST_TEST(!nothing->event.has_value());
}

BOOST_AUTO_TEST_CASE(one_name_of_two_sessions_is_two_records)
{
    session alice{c};
    session bob{c};
    alice.join("same", "1");
    auto const joined = bob.join("same", "2");
    BOOST_TEST(texts(*joined->event) == strings{"+same=2"});
    BOOST_TEST(c.living() == (strings{"same=1", "same=2"}));
    BOOST_TEST(texts(*alice.leave({"same"})->event) == strings{"-same"});
    BOOST_TEST(c.living() == strings{"same=2"});
}

BOOST_AUTO_TEST_CASE(leaving_is_one_event_for_those_who_were_there)
{
    session alice{c};
    auto const joined = alice.join({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    auto const left = alice.leave({"a", "x", "c"});
    BOOST_TEST(left->left == 2U);
    BOOST_REQUIRE(left->event.has_value());
    BOOST_TEST(left->event->previous == joined->event->id);
    BOOST_TEST(texts(*left->event) == (strings{"-a", "-c"}));
    auto const& gone = left->event->changes.at(0).member;
    BOOST_TEST(gone.session == alice.id());
    BOOST_TEST((gone.joined_at == core::server_time{} && gone.value.empty()));
    BOOST_TEST(c.living() == strings{"b=2"});
}

BOOST_AUTO_TEST_CASE(left_twice_is_left_once)
{
    session alice{c};
    alice.join("a");
    BOOST_TEST(alice.leave({"a"})->left == 1U);
    auto const again = alice.leave({"a"});
    BOOST_TEST(again->left == 0U);
    BOOST_TEST(!again->event.has_value());
}

BOOST_AUTO_TEST_CASE(a_name_is_left_by_its_own_session_only)
{
    session alice{c};
    session bob{c};
    alice.join("a");
    BOOST_TEST(bob.leave({"a"})->left == 0U);
    BOOST_TEST(c.living() == strings{"a="});
}

BOOST_AUTO_TEST_CASE(nobody_joins_or_leaves)
{
    session alice{c};
    auto const joined = alice.join(entries{});
    BOOST_TEST(joined->matched == 0U);
    BOOST_TEST(!joined->event.has_value());
    auto const left = alice.leave({});
    BOOST_TEST(left->left == 0U);
    BOOST_TEST(!left->event.has_value());
}

BOOST_AUTO_TEST_CASE(who_comes_back_is_new)
{
    session alice{c};
    auto const before = alice.join("a")->event->changes.at(0).member.joined_at;
    alice.leave({"a"});
    let_pass(5ms);
    auto const again = alice.join("a");
    BOOST_TEST(texts(*again->event) == strings{"+a="});
    BOOST_TEST((again->event->changes.at(0).member.joined_at > before));
}

BOOST_AUTO_TEST_CASE(a_dead_session_s_members_do_not_count)
{
    session alice{c};
    session bob{c};
    alice.join("a");
    bob.join("b");
    alice.die();
    auto const all = c.snapshot();
    BOOST_TEST(all->members.size() == 2U);  // until somebody reaps
    BOOST_TEST(all->dead == session_ids{alice.id()});
    BOOST_TEST(c.living() == strings{"b="});
}

BOOST_AUTO_TEST_CASE(thousands_join_and_leave_in_one_event)
{
    session alice{c};
    entries many;
    strings names;
    for (int i = 0; i < 9000; ++i)
    {
        names.push_back("member-" + std::to_string(i));
        many.push_back({names.back(), "v"});
    }
    auto const joined = alice.join(many);
    BOOST_TEST(joined->matched == names.size());
    BOOST_TEST(joined->event->changes.size() == names.size());
    BOOST_TEST(alice.join(many)->matched == names.size());
    auto const left = alice.leave(names);
    BOOST_TEST(left->left == names.size());
    BOOST_TEST(left->event->changes.size() == names.size());
    BOOST_TEST(c.living().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
