// What a slow reader has not read yet.
#include "src/core/delta_queue.hpp"

#include "history.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coterie::core;
using unit::fold;
using unit::membership;
using unit::seen_in;

name_change joined(std::string value)
{
    return {change_kind::joined, {"a", "s", {}, std::move(value)}, {}};
}

name_change updated(std::string before, std::string value)
{
    return {change_kind::updated, {"a", "s", {}, std::move(value)}, std::move(before)};
}

name_change left(std::string before)
{
    return {change_kind::left, {"a", "s", {}, before}, before};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delta_queue)

BOOST_AUTO_TEST_CASE(two_changes_of_one_name)
{
    struct
    {
        char const* what;
        name_change first, second;
        std::optional<name_change> both;
    } const rows[] = {
        {"came and went", joined("1"), left("1"), std::nullopt},
        {"came with what it has now", joined("1"), updated("1", "2"), joined("2")},
        {"went and came back the same", left("1"), joined("1"), std::nullopt},
        {"went and came back with another value", left("1"), joined("2"), updated("1", "2")},
        {"two updates are one", updated("1", "2"), updated("2", "3"), updated("1", "3")},
        {"an update and back again", updated("1", "2"), updated("2", "1"), std::nullopt},
    };
    for (auto const& row : rows)
        BOOST_TEST_CONTEXT(row.what)
        {
            auto const both = merged({4, false, {row.first}}, {9, false, {row.second}});
            BOOST_TEST(both.at == 9U);
            BOOST_TEST(both.changes.size() == (row.both ? 1U : 0U));
            if (row.both && !both.changes.empty())
                BOOST_TEST((both.changes.front() == *row.both));
        }
    auto const gone = merged({4, false, {updated("1", "2")}}, {9, false, {left("2")}});
    BOOST_TEST_REQUIRE(gone.changes.size() == 1U);
    BOOST_TEST((gone.changes[0].kind == change_kind::left));
    BOOST_TEST(gone.changes[0].value_before == "1");
}

BOOST_AUTO_TEST_CASE(the_mark_of_a_resync_stays)
{
    BOOST_TEST(merged({1, true, {}}, {2, false, {}}).resynced);
    BOOST_TEST(merged({1, false, {}}, {2, true, {}}).resynced);
    BOOST_TEST(!merged({1, false, {}}, {2, false, {}}).resynced);
}

BOOST_AUTO_TEST_CASE(in_order_and_merged_when_full)
{
    coterie::core::delta_queue queue{2};
    BOOST_TEST(!queue.push({1, false, {}}));  // nothing new
    BOOST_TEST(queue.empty());
    BOOST_TEST(queue.push({2, false, {joined("1")}}));
    BOOST_TEST(queue.push({3, false, {updated("1", "2")}}));
    BOOST_TEST(queue.push({4, false, {updated("2", "3")}}));
    BOOST_TEST(queue.pop().at == 2U);
    auto const last = queue.pop();
    BOOST_TEST(last.at == 4U);
    BOOST_TEST((last.changes == std::vector<name_change>{updated("1", "3")}));
    BOOST_TEST(queue.empty());
}

// However slow the reader and however short the queue: he ends with the same membership.
BOOST_AUTO_TEST_CASE(any_pace_of_reading_gives_the_same_end)
{
    for (unsigned seed = 0; seed < 300; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            unit::history store{seed};
            coterie::core::roster members;
            coterie::core::delta_queue queue{1 + store.below(4)};
            membership folded;
            auto const pace = 1 + store.below(8);
            for (int i = 0; i < 60; ++i)
            {
                delta step;
                if (store.below(10) == 0)
                    store.next(), step = members.reset(store.snapshot());
                else
                    members.apply(store.next(), step);
                queue.push(step);
                if (store.below(pace) == 0 && !queue.empty())
                    fold(folded, queue.pop());
            }
            while (!queue.empty())
                fold(folded, queue.pop());
            BOOST_TEST((folded == seen_in(store.snapshot())));
        }
}

BOOST_AUTO_TEST_CASE(any_split_of_a_history_merges_to_the_same)
{
    for (unsigned seed = 0; seed < 200; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            unit::history store{seed};
            coterie::core::roster members;
            std::vector<delta> steps(2 + store.below(10));
            for (auto& step : steps)
                members.apply(store.next(), step);

            auto const merge = [&](std::size_t from, std::size_t to) {
                delta result = steps[from];
                while (++from < to)
                    result = merged(std::move(result), steps[from]);
                return result;
            };
            auto const whole = merge(0, steps.size());
            for (std::size_t at = 1; at < steps.size(); ++at)
            {
                auto const halves = merged(merge(0, at), merge(at, steps.size()));
                BOOST_TEST(halves.at == whole.at);
                membership one, other;
                fold(one, whole);
                fold(other, halves);
                BOOST_TEST((one == other));
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
