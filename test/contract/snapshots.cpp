// Snapshots: a group whole up to 10,000 members, page by page beyond.
#include "../support/fixture.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace coterie::test {
namespace {

// Has so many members join through it, in steps that fit into one call.
void fill(session& through, std::size_t count)
{
    constexpr std::size_t step = 5000;
    for (std::size_t done = 0; done < count; done += step)
    {
        entries some;
        for (std::size_t i = done; i < std::min(done + step, count); ++i)
            some.push_back({"member-" + std::to_string(i), "v"});
        through.join(some);
    }
}

// By name and session.
using table = std::map<std::pair<std::string, std::string>, std::string>;

table all_pages(client& through)
{
    table result;
    std::string cursor;
    do
    {
        auto const page = through.snapshot(cursor);
        for (auto const& member : page->members)
            result[{member.name, member.session}] = member.value;
        cursor = page->cursor;
    } while (!cursor.empty());
    return result;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(snapshots, fixture)

BOOST_AUTO_TEST_CASE(of_nothing)
{
    auto const nothing = c.snapshot();
    BOOST_TEST(nothing->cursor.empty());
    BOOST_TEST(nothing->last == 0U);
    BOOST_TEST(nothing->members.empty());
    BOOST_TEST(nothing->dead.empty());
    auto const off = nothing->now - now();
    BOOST_TEST((off < 5s && off > -5s));
}

BOOST_AUTO_TEST_CASE(a_record_is_whole)
{
    session alice{c};
    auto const joined = alice.join("a", "value");
    auto const all = c.snapshot();
    BOOST_TEST(all->last == joined->event->id);
    BOOST_REQUIRE(all->members.size() == 1U);
    BOOST_TEST((all->members[0] == joined->event->changes[0].member));
}

BOOST_AUTO_TEST_CASE(ten_thousand_come_in_one_page)
{
    session alice{c};
    fill(alice, store::snapshot::whole);
    auto const all = c.snapshot({}, 10);
    BOOST_TEST(all->cursor.empty());
    BOOST_TEST(all->members.size() == store::snapshot::whole);
}

BOOST_AUTO_TEST_CASE(more_come_in_pages_and_all_of_them)
{
    session alice{c};
    constexpr std::size_t count = store::snapshot::whole + 2000;
    fill(alice, count);
    std::set<std::string> names;
    std::string cursor;
    int pages = 0;
    do
    {
        BOOST_REQUIRE(++pages < 1000);
        auto const page = c.snapshot(cursor);
        BOOST_TEST(page->members.size() < 5000U);
        for (auto const& member : page->members)
            names.insert(member.name);
        cursor = page->cursor;
    } while (!cursor.empty());
    BOOST_TEST(pages > 3);
    BOOST_TEST(names.size() == count);
}

// What src/session does: pages while others come and go, then the events since the first page.
BOOST_AUTO_TEST_CASE(pages_and_then_events_are_exact)
{
    session alice{c};
    session bob{c};
    fill(alice, store::snapshot::whole + 1000);
    std::optional<core::revision> first;
    table folded;
    std::string cursor;
    int page_number = 0;
    do
    {
        auto const page = c.snapshot(cursor);
        if (!first)
            first = page->last;
        for (auto const& member : page->members)
            folded[{member.name, member.session}] = member.value;
        cursor = page->cursor;
        auto const n = std::to_string(page_number++);
        bob.join({{"late-" + n, "1"}, {"member-" + n, "bob"}});
        alice.join("member-" + n, "changed");
        alice.leave({"member-1" + n, "member-2" + n});
        alice.join("member-1" + n, "again");
    } while (!cursor.empty());

    // What the pages say may be ahead of an event or behind it: the events have the last word.
    auto const since = c.history(*first, 5000);
    BOOST_TEST(!since->compacted);
    for (auto const& event : since->events)
        for (auto const& [kind, member] : event.changes)
        {
            if (kind == core::change_kind::left)
                folded.erase({member.name, member.session});
            else
                folded[{member.name, member.session}] = member.value;
        }
    BOOST_TEST((folded == all_pages(c)));
}

BOOST_AUTO_TEST_CASE(large_values_come_in_pages_and_all_of_them)
{
    session alice{c};
    constexpr std::size_t size = 256 * 1024;
    constexpr std::size_t count = 60;
    for (std::size_t i = 0; i < count; ++i)
        alice.join("member-" + std::to_string(i), std::string(size, 'v'));
    std::set<std::string> names;
    std::string cursor;
    std::size_t pages = 0;
    do
    {
        BOOST_REQUIRE(++pages <= 2 * count);
        auto const page = c.snapshot(cursor);
        BOOST_TEST(page->members.size() * size <= 4 * store::snapshot::page_bytes);
        for (auto const& member : page->members)
            names.insert(member.name);
        cursor = page->cursor;
    } while (!cursor.empty());
    BOOST_TEST(names.size() == count);
}

BOOST_AUTO_TEST_CASE(the_dead_are_named_with_the_first_page)
{
    session watcher{c};
    session alice{c};
    fill(watcher, store::snapshot::whole + 1);
    alice.die();
    auto page = c.snapshot();
    BOOST_TEST(page->dead == session_ids{alice.id()});
    while (!page->cursor.empty())
    {
        page = c.snapshot(page->cursor);
        BOOST_TEST(page->dead.empty());
    }
}

BOOST_AUTO_TEST_CASE(the_dead_are_named_until_they_are_reaped)
{
    session watcher{c};
    session alice{c};
    session bob{c};
    alice.join("a");
    alice.die();
    bob.die();
    auto dead = c.snapshot()->dead;
    BOOST_TEST(std::set<std::string>(dead.begin(), dead.end()) == (std::set<std::string>{alice.id(), bob.id()}));
    c.reap({alice.id(), bob.id()});
    BOOST_TEST(c.snapshot()->dead.empty());
    BOOST_TEST(c.snapshot()->members.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
