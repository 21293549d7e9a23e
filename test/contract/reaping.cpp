// Reaping: what dead sessions leave behind goes at once, and is announced once.
#include "../support/fixture.hpp"

#include <algorithm>
#include <set>

namespace coterie::test {
namespace {

std::set<std::string> as_set(strings const& list)
{
    return {list.begin(), list.end()};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reaping, fixture)

BOOST_AUTO_TEST_CASE(the_living_are_left_alone)
{
    session alice{c};
    alice.join("a");
    auto const reaped = c.reap({alice.id()});
    BOOST_TEST(!reaped->event.has_value());
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(reaped->seen.leases == 1U);
    BOOST_TEST((reaped->seen.next_deadline > reaped->seen.now));
    BOOST_TEST(c.living() == strings{"a="});
    BOOST_TEST(!alice.beat().error);
}

BOOST_AUTO_TEST_CASE(the_due_are_named_and_not_touched_unless_named)
{
    session bob{c};
    session alice{c};
    alice.join("a");
    alice.die();
    auto const looked = c.reap();
    BOOST_TEST(!looked->event.has_value());
    BOOST_TEST(looked->due == session_ids{alice.id()});
    BOOST_TEST((looked->seen.next_deadline <= looked->seen.now));
    BOOST_TEST(looked->seen.leases == 2U);
    auto const beat = bob.beat();
    BOOST_TEST((beat->seen.next_deadline <= beat->seen.now));
}

BOOST_AUTO_TEST_CASE(members_leave_in_one_event_and_all_else_goes)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session bob{c};
    session alice{c};
    alice.join({{"a", "1"}, {"b", "2"}});
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.put("p", "v");
    alice.die();
    auto const reaped = c.reap({alice.id()});
    BOOST_REQUIRE(reaped->event.has_value());
    BOOST_TEST(as_set(texts(*reaped->event)) == as_set({"-a", "-b"}));
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(reaped->seen.leases == 1U);
    BOOST_TEST((reaped->seen.next_deadline > reaped->seen.now));
    watcher.next_event();
    BOOST_TEST((watcher.next_event() == *reaped->event));
    BOOST_TEST(c.snapshot()->members.empty());
    BOOST_TEST(!c.unlock(held)->released);
    BOOST_TEST(!c.get("p")->value.has_value());
}

BOOST_AUTO_TEST_CASE(reaped_twice_is_reaped_once)
{
    session bob{c};
    session alice{c};
    alice.join("a");
    alice.die();
    BOOST_TEST(c.reap({alice.id(), alice.id()})->event->changes.size() == 1U);
    auto const again = c.reap({alice.id()});
    BOOST_TEST(!again->event.has_value());
    BOOST_TEST(again->due.empty());
    BOOST_TEST(!c.reap({new_session_id()})->event.has_value());
}

BOOST_AUTO_TEST_CASE(the_dead_and_the_living_named_together)
{
    session alice{c};
    session bob{c};
    session carol{c};
    alice.join("a");
    bob.join("b");
    carol.join("c");
    alice.beat(1ms);
    carol.die();
    auto const reaped = c.reap({alice.id(), bob.id(), carol.id()});
    BOOST_TEST(as_set(texts(*reaped->event)) == as_set({"-a", "-c"}));
    BOOST_TEST(c.living() == strings{"b="});
}

BOOST_AUTO_TEST_CASE(a_reaped_session_never_comes_back)
{
    session bob{c};
    session alice{c};
    alice.join("a");
    alice.die();
    c.reap({alice.id()});
    BOOST_TEST(alice.beat().error == errc::lost);
    BOOST_TEST(alice.resume().error == errc::lost);
    BOOST_TEST(!alice.open()->epoch.empty());  // but for a new life
    BOOST_TEST(c.living().empty());
}

BOOST_AUTO_TEST_CASE(more_than_a_batch_takes_several_calls)
{
    session bob{c};
    session alice{c};
    bob.join("bob");
    entries many;
    for (int i = 0; i < 2500; ++i)
        many.push_back({"m" + std::to_string(i), ""});
    alice.join(many);
    alice.put("p", "v");
    alice.lock("l");
    alice.die();
    session_ids due{alice.id()};
    std::size_t left = 0;
    int calls = 0;
    for (; !due.empty(); ++calls)
    {
        BOOST_REQUIRE(calls < 10);
        auto const reaped = c.reap(due);
        due = reaped->due;
        auto const gone = reaped->event ? reaped->event->changes.size() : 0;
        BOOST_TEST(gone <= store::reap::batch);
        left += gone;
        BOOST_TEST(c.living() == strings{"bob="});
        BOOST_TEST(alice.resume().error == errc::lost);
    }
    BOOST_TEST(calls == 3);
    BOOST_TEST(left == 2500U);
    BOOST_TEST(bob.beat()->seen.leases == 1U);
}

BOOST_AUTO_TEST_CASE(one_batch_is_shared_by_the_sessions)
{
    session bob{c};
    std::vector<session> dying;
    for (int i = 0; i < 5; ++i)
    {
        dying.emplace_back(c);
        entries some;
        for (int j = 0; j < 400; ++j)
            some.push_back({"m" + std::to_string(i) + "-" + std::to_string(j), ""});
        dying.back().join(some);
    }
    session_ids due;
    for (auto& one : dying)
    {
        one.beat(1ms);
        due.push_back(one.id());
    }
    let_pass(10ms);
    std::size_t left = 0;
    for (int calls = 0; !due.empty(); ++calls)
    {
        BOOST_REQUIRE(calls < 10);
        auto const reaped = c.reap(due);
        auto const gone = reaped->event ? reaped->event->changes.size() : 0;
        BOOST_TEST(gone <= store::reap::batch);
        left += gone;
        due = reaped->due;
    }
    BOOST_TEST(left == 2000U);
    BOOST_TEST(bob.beat()->seen.leases == 1U);
}

BOOST_AUTO_TEST_CASE(many_sessions_take_several_calls)
{
    session bob{c};
    constexpr std::size_t count = 3 * store::reap::sessions / 2;
    for (std::size_t i = 0; i < count; ++i)
    {
        session one{c};
        one.join("m" + std::to_string(i));
        one.beat(1ms);
    }
    let_pass(10ms);
    auto const first = c.reap();
    BOOST_TEST(first->due.size() == store::reap::sessions);
    auto const second = c.reap(first->due);
    BOOST_TEST(second->event->changes.size() == store::reap::sessions);
    BOOST_TEST(second->due.size() == count - store::reap::sessions);
    auto const third = c.reap(second->due);
    BOOST_TEST(third->event->changes.size() == count - store::reap::sessions);
    BOOST_TEST(third->due.empty());
}

BOOST_AUTO_TEST_CASE(terms_go_without_being_named)
{
    session alice{c};
    alice.take("l", 5ms);
    alice.put_for(5ms, "t", "v");
    alice.take("long", 1h);
    alice.put_for(1h, "long", "v");
    let_pass(10ms);
    auto const reaped = c.reap();
    BOOST_TEST(!reaped->event.has_value());
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(reaped->seen.leases == 3U);
    BOOST_TEST((reaped->seen.next_deadline > reaped->seen.now));
    BOOST_TEST(c.holder("long").has_value());
    BOOST_TEST((c.get("long")->value == "v"));
}

BOOST_AUTO_TEST_CASE(what_has_gone_to_others_stays_theirs)
{
    session alice{c};
    session bob{c};
    alice.lock("l");
    alice.put("p", "alice");
    alice.join("same", "1");
    alice.die();
    auto const fence = bob.lock("l")->fence;
    bob.put("p", "bob");
    bob.join("same", "2");
    auto const reaped = c.reap({alice.id()});
    BOOST_TEST(texts(*reaped->event) == strings{"-same"});
    BOOST_TEST(bob.verify({bob.claim("l", fence)})->held.at(0));
    BOOST_TEST((c.get("p")->value == "bob"));
    BOOST_TEST(c.living() == strings{"same=2"});
}

BOOST_AUTO_TEST_CASE(what_was_given_back_is_not_announced)
{
    session bob{c};
    session alice{c};
    alice.join({{"a", ""}, {"b", ""}});
    alice.leave({"a", "b"});
    c.unlock(alice.claim("l", alice.lock("l")->fence));
    alice.put("p", "v");
    c.erase("p");
    alice.die();
    auto const reaped = c.reap({alice.id()});
    BOOST_TEST(!reaped->event.has_value());
    BOOST_TEST(reaped->seen.leases == 1U);
}

BOOST_AUTO_TEST_CASE(the_last_one_of_a_group_can_be_reaped)
{
    session alice{c};
    alice.join("a");
    alice.die();
    auto const reaped = c.reap({alice.id()});
    BOOST_TEST(texts(*reaped->event) == strings{"-a"});
    BOOST_TEST(reaped->seen.leases == 0U);
    BOOST_TEST(!reaped->seen.next_deadline.has_value());
    BOOST_TEST(c.snapshot()->members.empty());
    BOOST_TEST(c.history(0)->events.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
