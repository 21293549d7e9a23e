// Events: pushed to whoever watches, kept for a while for whoever comes later.
#include "../support/fixture.hpp"

#include <algorithm>

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(events, fixture)

BOOST_AUTO_TEST_CASE(a_watcher_gets_each_event_as_the_reply_has_it)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session alice{c};
    auto const joined = alice.join({{"a", "1"}, {"b", "2"}});
    auto const updated = alice.join("a", "3");
    auto const left = alice.leave({"b"});
    auto const closed = alice.close();
    BOOST_TEST((watcher.next_event() == *joined->event));
    BOOST_TEST((watcher.next_event() == *updated->event));
    BOOST_TEST((watcher.next_event() == *left->event));
    BOOST_TEST((watcher.next_event() == *closed->event));
    BOOST_TEST(watcher.gaps == 0);
}

BOOST_AUTO_TEST_CASE(its_own_events_come_as_well)
{
    BOOST_TEST(!c.watch());
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((c.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_no_event)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session alice{c};
    auto const first = alice.join("a", "1");
    alice.join("a", "1");
    alice.join("x", "1");
    alice.leave({"nobody"});
    alice.beat();
    alice.lock("l");
    alice.put("p", "v");
    auto const last = alice.leave({"a"});
    watcher.next_event();
    BOOST_TEST(texts(watcher.next_event()) == strings{"+x=1"});
    BOOST_TEST((watcher.next_event() == *last->event));
}

BOOST_AUTO_TEST_CASE(only_the_watched_group_is_heard)
{
    client other{*this, "h"};
    BOOST_TEST(!c.watch());
    session stranger{other};
    session alice{c};
    stranger.join("s");
    auto const joined = alice.join("a");
    BOOST_TEST((c.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(after_unwatch_there_is_silence)
{
    client watcher{*this};
    client marker{*this};
    session alice{c};
    BOOST_TEST(!watcher.watch());
    alice.join("a");
    watcher.next_event();
    watcher.unwatch();
    let_pass(20ms);
    BOOST_TEST(!marker.watch());
    alice.join("b");
    marker.next_event();
    let_pass(20ms);
    BOOST_TEST(watcher.events.empty());
    BOOST_TEST(!watcher.watch());  // and it can be taken up again
    alice.join("c");
    BOOST_TEST(texts(watcher.next_event()) == strings{"+c="});
}

BOOST_AUTO_TEST_CASE(watched_twice_comes_once)
{
    BOOST_TEST(!c.watch());
    BOOST_TEST(!c.watch());
    session alice{c};
    alice.join("a");
    alice.join("b");
    BOOST_TEST(texts(c.next_event()) == strings{"+a="});
    BOOST_TEST(texts(c.next_event()) == strings{"+b="});
}

BOOST_AUTO_TEST_CASE(ids_grow_and_name_their_predecessors)
{
    session alice{c};
    core::revision previous = 0;
    for (int i = 0; i < 100; ++i)
    {
        auto const joined = alice.join("a", std::to_string(i));
        BOOST_TEST(joined->event->previous == previous);
        BOOST_TEST(joined->event->id > previous);
        previous = joined->event->id;
    }
}

BOOST_AUTO_TEST_CASE(history_gives_what_came_after)
{
    session alice{c};
    std::vector<core::event> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(*alice.join("m" + std::to_string(i))->event);

    auto const whole = c.history(0);
    BOOST_TEST(!whole->compacted);
    BOOST_TEST((whole->events == all));
    BOOST_TEST(whole->last == all.back().id);

    auto const rest = c.history(all[6].id);
    BOOST_TEST(!rest->compacted);
    BOOST_TEST((rest->events == std::vector(all.begin() + 7, all.end())));

    auto const page = c.history(all[1].id, 3);
    BOOST_TEST(!page->compacted);
    BOOST_TEST((page->events == std::vector(all.begin() + 2, all.begin() + 5)));
    BOOST_TEST(page->last == all.back().id);

    auto const none = c.history(all.back().id);
    BOOST_TEST(!none->compacted);
    BOOST_TEST(none->events.empty());
    BOOST_TEST(none->last == all.back().id);
}

BOOST_AUTO_TEST_CASE(history_after_a_revision_that_never_was_is_compacted)
{
    session alice{c};
    auto const first = alice.join("a")->event->id;
    alice.join("b");
    BOOST_TEST(c.history(first - 1)->compacted);
    BOOST_TEST(c.history(1)->compacted);
    auto const ahead = c.history(first * 2);
    BOOST_TEST(ahead->compacted);
    BOOST_TEST(ahead->events.empty());
}

BOOST_AUTO_TEST_CASE(history_of_a_group_without_events)
{
    auto const nothing = c.history(0);
    BOOST_TEST(!nothing->compacted);
    BOOST_TEST(nothing->events.empty());
    BOOST_TEST(nothing->last == 0U);
    auto const gone = c.history(12345);
    BOOST_TEST(gone->compacted);
    BOOST_TEST(gone->last == 0U);
}

BOOST_AUTO_TEST_CASE(history_is_bounded)
{
    session alice{c};
    auto const first = alice.join("a", "first")->event->id;
    std::vector<std::shared_ptr<std::optional<outcome<store::join>>>> joins;
    for (int i = 0; i < 3000; ++i)
        joins.push_back(c.send(store::join{alice.who, {{"a", std::to_string(i)}}, false}));
    BOOST_REQUIRE(run_until([&] { return joins.back()->has_value(); }));
    BOOST_TEST(c.history(first)->compacted);
    BOOST_TEST(c.history(0)->compacted);

    auto const& near = **joins[joins.size() - 1000];
    auto const recent = c.history(near->event->id, 5000);
    BOOST_TEST(!recent->compacted);
    BOOST_TEST(recent->events.size() == 999U);
}

BOOST_AUTO_TEST_CASE(history_comes_in_pieces_that_can_be_borne)
{
    session alice{c};
    constexpr std::size_t size = 100'000;
    constexpr int count = 50;
    std::vector<core::event> all;
    for (int i = 0; i < count; ++i)
        all.push_back(
            *alice.join("a", std::string(i == count / 2 ? 2 * store::history::bytes : size, static_cast<char>('a' + i % 20)))->event);
    std::vector<core::event> read;
    std::size_t pieces = 0;
    for (core::revision last = 0; read.size() < all.size(); ++pieces)
    {
        auto const piece = c.history(last);
        BOOST_REQUIRE(!piece->compacted);
        BOOST_REQUIRE(!piece->events.empty());
        BOOST_TEST(piece->events.size() <= store::history::bytes / size + 2);
        BOOST_TEST(piece->last == all.back().id);
        read.insert(read.end(), piece->events.begin(), piece->events.end());
        last = read.back().id;
    }
    BOOST_TEST((read == all));
    BOOST_TEST(pieces >= 5U);
}

BOOST_AUTO_TEST_CASE(history_outlives_the_group_for_a_while)
{
    session alice{c};
    alice.join("a", "1");
    auto const last = alice.close()->event->id;
    auto const kept = c.history(0);
    BOOST_TEST(!kept->compacted);
    BOOST_REQUIRE(kept->events.size() == 2U);
    BOOST_TEST(kept->last == last);
    session bob{c};
    auto const joined = bob.join("b");
    BOOST_TEST(joined->event->previous == last);
}

BOOST_AUTO_TEST_CASE(snapshot_then_events_is_the_membership)
{
    session alice{c};
    alice.join({{"a", "1"}, {"b", "1"}});
    auto const before = c.snapshot();
    alice.join({{"a", "2"}, {"c", "1"}});
    alice.leave({"b"});
    auto const after = c.history(before->last);
    BOOST_TEST(!after->compacted);
    BOOST_REQUIRE(after->events.size() == 2U);
    BOOST_TEST(texts(after->events[0]) == (strings{"*a=2", "+c=1"}));
    BOOST_TEST(texts(after->events[1]) == strings{"-b"});
    BOOST_TEST(c.snapshot()->last == after->last);
}

BOOST_AUTO_TEST_CASE(a_big_event_comes_whole)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session alice{c};
    entries many;
    for (int i = 0; i < 5000; ++i)
        many.push_back({"member-" + std::to_string(i), std::string(100, 'v')});
    auto const joined = alice.join(many);
    BOOST_TEST((watcher.next_event() == *joined->event));
    BOOST_TEST((c.history(0)->events.at(0) == *joined->event));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
