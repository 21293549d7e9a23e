// Circles of those who wait for each other.
#include "src/core/deadlock.hpp"

#include <boost/test/unit_test.hpp>

using namespace coterie::core;

namespace {

party const ann{"s1", "ann"};
party const bob{"s2", "bob"};
party const cid{"s3", "cid"};

}  // namespace

BOOST_AUTO_TEST_SUITE(deadlock)

BOOST_AUTO_TEST_CASE(two_who_wait_for_each_other)
{
    std::vector<wait> const waits{{ann, "b", {bob}}, {bob, "a", {ann}}};
    BOOST_TEST((find_circle(waits, "b") == waits));
    BOOST_TEST((find_circle(waits, "a") == std::vector<wait>{waits[1], waits[0]}));
    BOOST_TEST(find_circle(waits, "c").empty());
}

BOOST_AUTO_TEST_CASE(a_line_is_no_circle)
{
    BOOST_TEST(find_circle({{ann, "b", {bob}}, {bob, "c", {cid}}}, "b").empty());
    BOOST_TEST(find_circle({{ann, "b", {bob}}, {cid, "b", {bob}}}, "b").empty());
    BOOST_TEST(find_circle({}, "b").empty());
}

BOOST_AUTO_TEST_CASE(who_waits_for_himself_is_none)
{
    BOOST_TEST(find_circle({{ann, "a", {ann}}}, "a").empty());
    party const other_ann{"s2", "ann"};  // of the same name, and somebody else
    BOOST_TEST(find_circle({{ann, "b", {other_ann}}, {other_ann, "a", {ann}}}, "a").size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_of_several_readers_is_enough_and_the_shortest_is_told)
{
    std::vector<wait> const waits{{ann, "r", {cid, bob}}, {bob, "x", {cid}}, {cid, "y", {bob, ann}}, {bob, "a", {ann}}};
    auto const found = find_circle(waits, "r");
    BOOST_TEST(found.size() == 2U);
    BOOST_TEST((found.front() == waits[0]));
}

BOOST_AUTO_TEST_CASE(a_circle_that_does_not_come_back_here_is_not_ours)
{
    BOOST_TEST(find_circle({{ann, "b", {bob}}, {bob, "c", {cid}}, {cid, "d", {bob}}}, "b").empty());
}

BOOST_AUTO_TEST_SUITE_END()
