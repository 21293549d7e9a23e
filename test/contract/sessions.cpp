// Sessions: open, beat, resume, close; whom the store listens to.
#include "../support/fixture.hpp"

#include <coterie/error.hpp>

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(sessions, fixture)

BOOST_AUTO_TEST_CASE(the_first_one_makes_the_group)
{
    session alice{c, {new_session_id(), c.generation}};
    auto const opened = alice.open(1h);
    BOOST_TEST(!opened->epoch.empty());
    BOOST_TEST(opened->seen.leases == 1U);
    BOOST_REQUIRE(opened->seen.next_deadline.has_value());
    BOOST_TEST((*opened->seen.next_deadline - opened->seen.now == 1h));
    auto const off = opened->seen.now - now();
    BOOST_TEST((off < 5s && off > -5s));
}

BOOST_AUTO_TEST_CASE(the_next_one_sees_the_same_epoch_and_the_earliest_deadline)
{
    session alice{c, {new_session_id(), c.generation}};
    session bob{c, {new_session_id(), c.generation}};
    auto const first = alice.open(1min);
    auto const second = bob.open(1h);
    BOOST_TEST(second->epoch == first->epoch);
    BOOST_TEST((second->seen.next_deadline == first->seen.next_deadline));
}

BOOST_AUTO_TEST_CASE(those_are_counted_who_beat_as_often_and_did_lately)
{
    session alice{c, 20s};
    session bob{c, 20s};
    session slow{c, 1h};
    session quick{c, 1s};
    session silent{c, 9s};  // as one who has not renewed 20 s for a while
    alice.take("l", 24h);
    alice.put_for(24h, "p", "v");
    BOOST_TEST(alice.beat(20s)->seen.leases == 2U);
    BOOST_TEST(bob.beat(20s)->seen.leases == 2U);
    BOOST_TEST(slow.beat(1h)->seen.leases == 1U);
    session carol{c, {new_session_id(), c.generation}};
    BOOST_TEST(carol.open(20s)->seen.leases == 3U);
    BOOST_TEST(c.reap()->seen.leases == 8U);
}

// Who has died does not beat, so it can be told how many live.
BOOST_AUTO_TEST_CASE(who_makes_or_renews_a_lease_is_counted)
{
    session alice{c, {new_session_id(), c.generation}};
    session bob{c, {new_session_id(), c.generation}};
    BOOST_TEST(alice.open(20s)->beats == 1U);
    BOOST_TEST(bob.open(1h)->beats == 2U);
    BOOST_TEST(alice.beat(20s)->beats == 3U);
    BOOST_TEST(bob.resume()->beats == 4U);
    session gone{c, {new_session_id(), c.generation}};
    BOOST_TEST(gone.beat().error == errc::lost);
    BOOST_TEST(alice.beat()->beats == 5U);
}

BOOST_AUTO_TEST_CASE(groups_know_nothing_of_each_other)
{
    client other{*this, "h"};
    session alice{c};
    session bob{other, {new_session_id(), other.generation}};
    BOOST_TEST(bob.open()->seen.leases == 1U);
    alice.join("a");
    BOOST_TEST(other.living().empty());
}

BOOST_AUTO_TEST_CASE(opened_twice_is_opened_once)
{
    session alice{c};
    alice.join("a", "1");
    BOOST_TEST(alice.open(1h)->seen.leases == 1U);
    BOOST_TEST(c.living() == strings{"a=1"});
}

BOOST_AUTO_TEST_CASE(a_beat_moves_the_deadline)
{
    session alice{c, 1min};
    for (auto const touch : {false, true, false})
    {
        auto const beat = alice.beat(2h, touch);
        BOOST_TEST(beat->seen.leases == 1U);
        BOOST_TEST((beat->seen.next_deadline == beat->seen.now + 2h));
        BOOST_TEST(beat->last == 0U);
    }
    BOOST_TEST((alice.beat(1s)->seen.next_deadline < now() + 1h));  // nearer as well
}

BOOST_AUTO_TEST_CASE(a_beat_tells_the_newest_event)
{
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_REQUIRE(joined->event.has_value());
    BOOST_TEST(alice.beat()->last == joined->event->id);
}

BOOST_AUTO_TEST_CASE(a_session_nobody_opened_is_lost)
{
    session nobody{c, {new_session_id(), c.generation}};
    BOOST_TEST(nobody.beat().error == errc::lost);
    BOOST_TEST(nobody.join("a").error == errc::lost);
    BOOST_TEST(nobody.leave({"a"}).error == errc::lost);
    BOOST_TEST(nobody.lock("l").error == errc::lost);
    BOOST_TEST(nobody.verify({}).error == errc::lost);
    BOOST_TEST(nobody.put("p", "v").error == errc::lost);
    BOOST_TEST(nobody.resume().error == errc::lost);
    BOOST_TEST(nobody.close()->done);
    BOOST_TEST(c.living().empty());
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(!c.holder("l").has_value());
}

BOOST_AUTO_TEST_CASE(past_its_deadline_it_is_lost_without_any_reap)
{
    session alice{c};
    alice.die();
    BOOST_TEST(alice.beat().error == errc::lost);
    BOOST_TEST(alice.join("a").error == errc::lost);
    BOOST_TEST(alice.lock("l").error == errc::lost);
    BOOST_TEST(alice.put("p", "v").error == errc::lost);
    BOOST_TEST(alice.resume().error == errc::lost);
}

BOOST_AUTO_TEST_CASE(opened_anew_after_its_death_it_lives)
{
    session alice{c};
    alice.die();
    BOOST_TEST(!alice.open()->epoch.empty());
    BOOST_TEST(!alice.beat().error);
}

BOOST_AUTO_TEST_CASE(an_older_generation_is_stale_and_does_nothing)
{
    session alice{c};
    alice.join("a", "1");
    session newer{c, {alice.id(), alice.who.generation + 1}};
    BOOST_TEST(!newer.resume().error);
    BOOST_TEST(alice.beat(1h).error == errc::stale);
    BOOST_TEST(alice.join("b").error == errc::stale);
    BOOST_TEST(alice.join("a", "2").error == errc::stale);
    BOOST_TEST(alice.leave({"a"}).error == errc::stale);
    BOOST_TEST(alice.lock("l").error == errc::stale);
    BOOST_TEST(alice.verify({}).error == errc::stale);
    BOOST_TEST(alice.put("p", "v").error == errc::stale);
    BOOST_TEST(alice.close().error == errc::stale);
    BOOST_TEST(c.living() == strings{"a=1"});
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST((newer.beat()->seen.next_deadline < now() + 30min));
}

BOOST_AUTO_TEST_CASE(an_open_that_comes_late_takes_nothing_back)
{
    // Else it would make the other late commands of its connection valid again.
    session alice{c, 1h};
    session newer{c, {alice.id(), alice.who.generation + 1}};
    BOOST_TEST(!newer.resume(1h).error);
    BOOST_TEST(alice.open(1min).error == errc::stale);
    BOOST_TEST(alice.resume(1min).error == errc::stale);
    BOOST_TEST(alice.join("a").error == errc::stale);
    BOOST_TEST((newer.verify({}).error == error_code{}));
    BOOST_TEST((c.reap()->seen.next_deadline > now() + 30min));  // nor was the lease shortened
}

BOOST_AUTO_TEST_CASE(resumed_it_keeps_what_hangs_on_it)
{
    session alice{c};
    alice.join("a", "1");
    alice.put("p", "v");
    auto const fence = alice.lock("l")->fence;
    auto const last = alice.beat()->last;

    session newer{c, {alice.id(), alice.who.generation + 1}};
    auto const resumed = newer.resume(1h);
    BOOST_TEST(resumed->seen.leases == 1U);
    BOOST_TEST((resumed->seen.next_deadline == resumed->seen.now + 1h));
    BOOST_TEST(newer.verify({newer.claim("l", fence)})->held.at(0));
    BOOST_TEST(newer.lock("l")->fence == fence);
    BOOST_TEST(c.living() == strings{"a=1"});
    BOOST_TEST((c.get("p")->value == "v"));
    BOOST_TEST(newer.beat()->last == last);
}

BOOST_AUTO_TEST_CASE(closed_it_is_gone_at_once_with_all_it_had)
{
    session bob{c};
    session alice{c};
    alice.join({{"a", "1"}, {"b", "2"}});
    alice.put("p", "v");
    alice.lock("l");
    auto const closed = alice.close();
    BOOST_TEST(closed->done);
    BOOST_REQUIRE(closed->event.has_value());
    BOOST_TEST(closed->event->changes.size() == 2U);
    BOOST_TEST(c.living().empty());
    BOOST_TEST(!c.get("p")->value.has_value());
    BOOST_TEST(!c.holder("l").has_value());
    BOOST_TEST(bob.lock("l")->granted);
    BOOST_TEST(alice.beat().error == errc::lost);
    BOOST_TEST(bob.beat()->seen.leases == 1U);
}

BOOST_AUTO_TEST_CASE(closed_twice_is_closed_once)
{
    session bob{c};
    session alice{c};
    alice.join("a");
    BOOST_TEST(alice.close()->event.has_value());
    auto const again = alice.close();
    BOOST_TEST(again->done);
    BOOST_TEST(!again->event.has_value());
}

BOOST_AUTO_TEST_CASE(closed_in_steps_when_much_hangs_on_it)
{
    session bob{c};
    session alice{c};
    entries many;
    for (int i = 0; i < 2500; ++i)
        many.push_back({"m" + std::to_string(i), ""});
    alice.join(many);
    BOOST_TEST(c.living().size() == 2500U);
    std::size_t left = 0;
    int calls = 0;
    for (bool done = false; !done; ++calls)
    {
        BOOST_REQUIRE(calls < 10);
        auto const closed = alice.close();
        done = closed->done;
        left += closed->event ? closed->event->changes.size() : 0;
        BOOST_TEST(c.living().empty());  // dead from the first step on
        BOOST_TEST(alice.beat().error == errc::lost);
    }
    BOOST_TEST(calls >= 3);
    BOOST_TEST(left == 2500U);
    BOOST_TEST(bob.beat()->seen.leases == 1U);
}

BOOST_AUTO_TEST_CASE(a_dead_session_is_closed_without_a_word)
{
    session bob{c};
    session alice{c};
    alice.join("a");
    alice.die();
    auto const closed = alice.close();
    BOOST_TEST(closed->done);
    BOOST_TEST(!closed->event.has_value());
    BOOST_TEST(c.reap({alice.id()})->event.has_value());  // it is announced by whoever reaps
}

BOOST_AUTO_TEST_CASE(operations_of_one_connection_keep_their_order)
{
    session alice{c};
    auto const joined = c.send(store::join{alice.who, {{"a", "1"}}, false});
    auto const updated = c.send(store::join{alice.who, {{"a", "2"}}, true});
    auto const left = c.send(store::leave{alice.who, {"a"}});
    BOOST_REQUIRE(run_until([&] { return left->has_value(); }));
    BOOST_REQUIRE(joined->has_value());
    BOOST_REQUIRE(updated->has_value());
    BOOST_TEST(texts(*(**joined)->event) == strings{"+a=1"});
    BOOST_TEST(texts(*(**updated)->event) == strings{"*a=2"});
    BOOST_TEST(texts(*(**left)->event) == strings{"-a"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
