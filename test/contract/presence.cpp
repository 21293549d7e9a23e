// Who is there, who says so, and what is told of it.
#include "presence.hpp"

#include <algorithm>
#include <map>

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(presence, presence_fixture)

BOOST_AUTO_TEST_CASE(who_appears_is_there_and_a_refresh_is_no_event)
{
    auto const before = now();
    BOOST_TEST(online({"ann", "bob"})->changed == 2U);
    BOOST_TEST(told() == (strings{"ann=online", "bob=online"}));
    BOOST_TEST(c.history(0)->events.size() == 1U);
    auto const state = look("ann");
    BOOST_TEST(state.what == status::online);
    BOOST_TEST((state.since >= before - 1ms && state.since <= now() + 1ms));
    let_pass(20ms);
    BOOST_TEST(online({"ann", "bob"})->changed == 0U);
    BOOST_TEST(told().empty());
    auto const later = look("ann");
    BOOST_TEST((later.since == state.since));
    BOOST_TEST((later.last_seen >= state.last_seen + 20ms));
}

BOOST_AUTO_TEST_CASE(some_of_a_call_are_there_already_and_some_are_named_twice)
{
    online({"ann", "bob"});
    told();
    let_pass(20ms);
    BOOST_TEST(online({"bob", "carl", "ann", "carl", "bob"})->changed == 1U);
    BOOST_TEST(told() == strings{"carl=online"});
    let_pass(20ms);
    BOOST_TEST(online({"bob", "bob", "carl"})->changed == 0U);
    BOOST_TEST((look("carl").last_seen > look("carl").since));
    BOOST_TEST((look("bob").last_seen > look("ann").last_seen));
    BOOST_TEST(told().empty());
}

BOOST_AUTO_TEST_CASE(a_look_keeps_order_and_length_whatever_the_ids_are)
{
    std::string const zero{"a\0b", 3};
    std::string const wild{"{*}\r\n\xff"};
    online({zero, wild, ""});
    auto const states = look({"nobody", wild, zero, "", wild});
    BOOST_REQUIRE(states.size() == 5U);
    BOOST_TEST(states[0].what == status::unknown);
    for (std::size_t i = 1; i < 5; ++i)
        BOOST_TEST(states[i].what == status::online);
    BOOST_TEST(look(strings{}).empty());
    BOOST_TEST(told() == (strings{zero + "=online", wild + "=online", "=online"}));
}

BOOST_AUTO_TEST_CASE(who_disappears_is_announced_once)
{
    online({"ann"});
    told();
    BOOST_TEST(offline({"ann", "nobody"})->changed == 1U);
    BOOST_TEST(offline({"ann"})->changed == 0U);
    BOOST_TEST(told() == strings{"ann=offline"});
    auto const state = look("ann");
    BOOST_TEST(state.what == status::offline);
    BOOST_TEST((state.since == state.last_seen));
    BOOST_TEST(look("nobody").what == status::unknown);
    BOOST_TEST(online({"ann"})->changed == 1U);
    BOOST_TEST(told() == strings{"ann=online"});
}

BOOST_AUTO_TEST_CASE(whose_time_is_over_is_offline_at_once_and_announced_when_looked_for)
{
    online({"ann"}, "", ttl);
    online({"bob"}, "other");
    told();
    auto const there = look("ann");
    let_pass(ttl);
    auto const gone = look("ann");
    BOOST_TEST(gone.what == status::offline);
    BOOST_TEST((gone.since == there.last_seen + ttl));
    BOOST_TEST((gone.last_seen == there.last_seen));
    auto const lapsed = lapse();
    BOOST_TEST(lapsed->changed == 1U);
    BOOST_TEST((lapsed->next_deadline > lapsed->now));
    BOOST_TEST((core::to_state(c.history(0)->events.back().changes[0].member) == gone));
    BOOST_TEST(told() == strings{"ann=offline"});
    BOOST_TEST((look("ann") == gone));
    BOOST_TEST(lapse()->changed == 0U);
}

BOOST_AUTO_TEST_CASE(never_over_a_newer_word)
{
    online({"ann"}, "", ttl);
    let_pass(ttl / 2);
    online({"ann"}, "", ttl);
    let_pass(ttl * 3 / 4);
    BOOST_TEST(lapse()->changed == 0U);
    BOOST_TEST(look("ann").what == status::online);
    BOOST_TEST(told() == strings{"ann=online"});
}

// He was seen as offline in between, so both are told.
BOOST_AUTO_TEST_CASE(who_comes_back_too_late_was_gone)
{
    online({"ann"}, "", ttl);
    let_pass(ttl);
    BOOST_TEST(look("ann").what == status::offline);
    BOOST_TEST(online({"ann"})->changed == 2U);
    BOOST_TEST(told() == (strings{"ann=online", "ann=offline", "ann=online"}));
}

BOOST_AUTO_TEST_CASE(who_is_told_of_by_several_is_there_while_one_of_them_says_so)
{
    online({"ann"}, "server-1");
    told();
    BOOST_TEST(look("ann").source == "server-1");
    BOOST_TEST(online({"ann"}, "server-2")->changed == 0U);
    BOOST_TEST(offline({"ann"}, "server-1")->changed == 0U);
    BOOST_TEST(told().empty());  // a move is no event
    BOOST_TEST(look("ann").source == "server-2");
    BOOST_TEST(offline({"ann"}, "server-1")->changed == 0U);
    BOOST_TEST(offline({"ann"}, "server-2")->changed == 1U);
    BOOST_TEST(told() == strings{"ann=offline"});
}

BOOST_AUTO_TEST_CASE(all_sources_can_be_ended_at_once)
{
    online({"ann"}, "1");
    online({"ann"}, "2");
    BOOST_TEST(offline({"ann"}, std::nullopt)->changed == 1U);
    BOOST_TEST(look("ann").what == status::offline);
    BOOST_TEST(!lapse()->next_deadline.has_value());
}

BOOST_AUTO_TEST_CASE(the_last_source_to_fall_silent_counts)
{
    online({"ann"}, "1", ttl / 2);
    online({"ann"}, "2", ttl);
    auto const there = look("ann");
    let_pass(ttl);
    auto const gone = look("ann");
    BOOST_TEST(gone.what == status::offline);
    BOOST_TEST((gone.since == there.last_seen + ttl));
    BOOST_TEST((gone.last_seen == there.last_seen));
    lapse();
    BOOST_TEST((look("ann") == gone));
}

BOOST_AUTO_TEST_CASE(a_source_that_made_no_difference_makes_none_by_its_silence)
{
    online({"ann"}, "1", ttl);
    auto const since = look("ann").since;
    online({"ann"}, "2");
    let_pass(ttl);
    BOOST_TEST((look("ann").since == since));
    BOOST_TEST(lapse()->changed == 0U);
    BOOST_TEST((look("ann").since == since));
}

BOOST_AUTO_TEST_CASE(the_most_present_source_counts)
{
    set("ann", status::away, {}, "laptop");
    BOOST_TEST(told() == strings{"ann=away"});
    online({"ann"}, "phone", ttl);
    BOOST_TEST(told() == strings{"ann=online"});
    BOOST_TEST(look("ann").source == "phone");
    set("ann", status::out_of_office, {}, "laptop");
    BOOST_TEST(told().empty());
    auto const seen = look("ann").last_seen;
    let_pass(ttl);
    BOOST_TEST(look("ann").what == status::out_of_office);
    BOOST_TEST((look("ann").since > seen));
    auto const since = look("ann").since;
    BOOST_TEST(lapse()->changed == 1U);
    BOOST_TEST(told() == strings{"ann=out_of_office"});
    BOOST_TEST((look("ann").since == since));
}

BOOST_AUTO_TEST_CASE(a_status_and_a_text_last_over_refreshes_and_until_the_end)
{
    set("ann", status::away, "lunch");
    BOOST_TEST(told() == strings{"ann=away:lunch"});
    online({"ann"});
    BOOST_TEST(told().empty());
    BOOST_TEST(look("ann").text == "lunch");
    set("ann", status::busy);
    BOOST_TEST(told() == strings{"ann=busy:lunch"});
    auto const since = look("ann").since;
    set("ann", status::busy, "call");
    BOOST_TEST(told() == strings{"ann=busy:call"});
    BOOST_TEST((look("ann").since == since));
    BOOST_TEST(c(store::appear{how, "", for_long, {"ann"}, {}, {}, "value"})->changed == 1U);
    BOOST_TEST(look("ann").value == "value");
    offline({"ann"});
    BOOST_TEST(look("ann").text == "call");
    BOOST_TEST(look("ann").value == "value");
    online({"ann"});
    BOOST_TEST(look("ann").text == "");
    BOOST_TEST(told() == (strings{"ann=busy:call", "ann=offline:call", "ann=online"}));
}

BOOST_AUTO_TEST_CASE(a_short_drop_is_not_announced)
{
    how.linger = 300ms;
    online({"ann", "bob"});
    told();
    offline({"ann", "bob"});
    auto const dropped = look("bob").last_seen;
    BOOST_TEST(look("ann").what == status::online);
    BOOST_TEST(look("ann").source == "");
    let_pass(100ms);
    online({"ann"});
    let_pass(250ms);
    BOOST_TEST(look("ann").what == status::online);
    BOOST_TEST(look("bob").what == status::offline);
    BOOST_TEST((look("bob").since == dropped));
    BOOST_TEST((look("bob").last_seen == dropped));
    BOOST_TEST(lapse()->changed == 1U);
    BOOST_TEST(told() == strings{"bob=offline"});
    BOOST_TEST((look("bob").since == dropped));
}

BOOST_AUTO_TEST_CASE(nor_is_a_short_silence)
{
    how.linger = 1s;
    online({"ann"}, "", 1s);
    auto const there = look("ann");
    let_pass(1500ms);
    BOOST_TEST(look("ann").what == status::online);
    let_pass(500ms);
    BOOST_TEST(look("ann").what == status::offline);
    BOOST_TEST((look("ann").since == there.last_seen + 1s));
    lapse();
    BOOST_TEST((look("ann").since == there.last_seen + 1s));
    BOOST_TEST((look("ann").last_seen == there.last_seen));
}

BOOST_AUTO_TEST_CASE(who_is_gone_for_long_is_forgotten)
{
    how.forget = 300ms;
    online({"ann"}, "", 100ms);
    online({"bob"});
    offline({"bob"});
    BOOST_TEST(look("bob").what == status::offline);
    let_pass(400ms);
    BOOST_TEST(look("ann").what == status::unknown);
    BOOST_TEST(look("bob").what == status::unknown);
    lapse();
    BOOST_TEST(look("ann").what == status::unknown);
    online({"bob"});
    BOOST_TEST(look("bob").what == status::online);
}

BOOST_AUTO_TEST_CASE(counting_needs_no_list)
{
    online({"a", "b", "c"});
    online({"b"}, "other");
    online({"d"}, "", ttl);
    BOOST_TEST(c(store::head_count{how})->count == 4U);
    offline({"a"});
    let_pass(ttl);
    auto const counted = c(store::head_count{how});
    BOOST_TEST(counted->count == 2U);
    BOOST_TEST(!counted->more);
}

BOOST_AUTO_TEST_CASE(a_roll_call_tells_everybody_a_page_at_a_time)
{
    for (int i = 0; i < 5; ++i)
    {
        strings ids;
        for (int j = 0; j < 500; ++j)
            ids.push_back(std::to_string(i * 500 + j));
        online(std::move(ids));
    }
    offline({"7"});
    set("8", status::busy, "call");
    std::map<std::string, store::presence_state> all;
    store::roll_call next{.how = how, .cursor = {}, .limit = 100};
    int pages = 0;
    do
    {
        auto const page = c(next);
        for (auto const& [id, state] : page->states)
            all[id] = state;
        next.cursor = page->cursor;
        BOOST_TEST(page->last == c.history(0)->last);
        ++pages;
    } while (!next.cursor.empty());
    BOOST_TEST(pages > 5);
    BOOST_TEST(all.size() == 2499U);
    BOOST_TEST(!all.contains("7"));
    BOOST_TEST((all.at("8") == look("8")));
}

BOOST_AUTO_TEST_CASE(many_lapse_a_bounded_number_at_a_time)
{
    for (int i = 0; i < 3; ++i)
    {
        strings ids;
        for (int j = 0; j < 1000; ++j)
            ids.push_back(std::to_string(i * 1000 + j));
        online(std::move(ids), "", ttl);
    }
    let_pass(ttl);
    told();
    BOOST_TEST(c(store::head_count{how})->more);
    BOOST_TEST(online({"2999"})->changed > 1000U);  // another thousand, and this one
    auto const back = told();
    BOOST_TEST(back.back() == "2999=online");
    BOOST_TEST(back.at(back.size() - 2) == "2999=offline");
    BOOST_TEST(lapse()->changed > 900U);
    BOOST_TEST(c(store::head_count{how})->count == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_watches_hears_of_changes_and_of_deadlines_that_are_nearer)
{
    BOOST_TEST(!c.watch());
    online({"ann"});
    BOOST_TEST(shown(c.next_event()) == strings{"ann=online"});
    auto const before = c.looks;
    online({"bob"}, "", ttl);
    BOOST_TEST(shown(c.next_event()) == strings{"bob=online"});
    BOOST_TEST(run_until([&] { return c.looks > before; }));
    offline({"ann"});
    BOOST_TEST(shown(c.next_event()) == strings{"ann=offline"});
    if (!in_memory())
        BOOST_TEST(lapse()->watchers == 1U);
}

BOOST_AUTO_TEST_CASE(large_texts_are_told_in_several_events)
{
    store::appear large{how, "", for_long, {"a", "b", "c"}, {}, std::string(600'000, 'x'), {}};
    BOOST_TEST(c(large)->changed == 3U);
    BOOST_TEST(c.history(0)->events.size() == 1U);  // a page ends after about 1 MiB
    BOOST_TEST(c.history(c.history(0)->events[0].id)->events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_party_is_a_set_of_ids)
{
    auto const party = [this](std::string name) {
        auto ids = c(store::read_party{std::move(name), {}})->ids;
        std::ranges::sort(ids);
        return ids;
    };
    BOOST_TEST(party("p").empty());
    BOOST_TEST(c(store::change_party{"p", {"a", "b", "a"}, {}})->changed == 2U);
    BOOST_TEST(c(store::change_party{"p", {"c"}, {"a", "x"}})->changed == 2U);
    BOOST_TEST(party("p") == (strings{"b", "c"}));
    BOOST_TEST(party("q").empty());
    c(store::change_party{"p", {}, {"b", "c"}});
    BOOST_TEST(party("p").empty());
    if (in_memory())
        return;
    redis({"SADD", "somebody:else", "x", "y"});
    auto ids = c(store::read_party{"", "somebody:else"})->ids;
    std::ranges::sort(ids);
    BOOST_TEST(ids == (strings{"x", "y"}));
    redis({"SET", "somebody:else", "1"});
    BOOST_CHECK(c(store::read_party{"", "somebody:else"}).error == errc::refused);
}

BOOST_AUTO_TEST_CASE(a_shard_is_no_group_of_its_name)
{
    client group{*this, "p:chat:3"};
    session alice{group};
    alice.join("ann", "1");
    online({"ann"});
    BOOST_TEST(group.living() == strings{"ann=1"});
    BOOST_TEST(told() == strings{"ann=online"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
