// After a change of epoch nobody is granted a lock until those who had one before can believe in it no more; but they may confirm.
#include "waiting.hpp"

namespace coterie::test {
namespace {

struct quarantine_fixture : waiting_fixture
{
    static constexpr milliseconds ttl{2000};

    // A session of somebody who knew another epoch.
    session survivor(milliseconds lease = ttl)
    {
        session result{c, store::caller{new_session_id(), c.generation}};
        opened = open(result, "another", lease);
        return result;
    }

    std::string open(session& who, std::string known, milliseconds lease = ttl)
    {
        store::open operation;
        operation.who = who.who;
        operation.ttl = lease;
        operation.known_epoch = std::move(known);
        return c(operation)->epoch;
    }

    store::acquire confirmation(std::string name, std::uint64_t fence)
    {
        auto wish = wish_for({std::move(name)});
        wish.wait = false;
        wish.confirmed = fence;
        return wish;
    }

    void reap_all()
    {
        while (!c.reap()->due.empty())
            c.reap(c.reap()->due);
    }

    std::string opened;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quarantine, quarantine_fixture)

BOOST_AUTO_TEST_CASE(nobody_is_granted_a_lock_until_it_is_over)
{
    auto alice = survivor();
    session bob{c};
    BOOST_TEST(!c.watch(bob.id()));
    auto const refused = bob.lock("l");
    BOOST_TEST(!refused->granted);
    BOOST_TEST((refused->deadline > now()));
    BOOST_TEST(!alice.lock("l")->granted);
    BOOST_TEST(!bob.take("l", 1s)->granted);
    BOOST_TEST(bob.acquire(wish_for({"l"}))->waiting);
    BOOST_TEST(bob.ask_again()->waiting);
    let_pass(ttl);
    reap_all();
    auto const fence = told(bob);
    BOOST_TEST(fence != 0U);
    BOOST_TEST(alice.lock("m").error == errc::lost);
    session carol{c};
    auto const after = carol.lock("m");
    BOOST_TEST(after->granted);
    BOOST_TEST(after->fence > fence);
}

BOOST_AUTO_TEST_CASE(it_ends_without_a_reap_as_well)
{
    auto alice = survivor();
    let_pass(ttl);
    session bob{c};
    BOOST_TEST(bob.lock("l")->granted);
    BOOST_TEST(bob.acquire(wish_for({"m"}))->granted);
}

BOOST_AUTO_TEST_CASE(a_first_epoch_needs_none)
{
    session alice{c};
    auto const epoch = open(alice, {});
    BOOST_TEST(alice.lock("l")->granted);
    session bob{c};
    BOOST_TEST(open(bob, epoch) == epoch);
    BOOST_TEST(bob.lock("m")->granted);
}

BOOST_AUTO_TEST_CASE(who_had_it_may_confirm)
{
    session before{c};
    auto const old = before.lock("l")->fence;
    lose_data();
    auto alice = survivor();
    session bob{c};
    session carol{c};
    BOOST_TEST(carol.acquire(wish_for({"l"}))->waiting);
    auto const confirmed = alice.acquire(confirmation("l", old));
    BOOST_TEST(confirmed->granted);
    BOOST_TEST(confirmed->fence == old);
    BOOST_TEST(alice.ask_again()->fence == old);
    BOOST_TEST(!bob.acquire(confirmation("l", old + 1))->granted);
    BOOST_TEST((c.holder("l") == alice.claim(alice.last, old)));
    BOOST_TEST(alice.verify({alice.claim(alice.last, old)})->held[0]);
    BOOST_TEST(alice.withdraw()->held);
    BOOST_TEST(!bob.lock("l")->granted);
    BOOST_TEST(carol.ask_again()->waiting);
    let_pass(ttl);
    BOOST_TEST(carol.ask_again()->fence > old);
}

BOOST_AUTO_TEST_CASE(later_fences_are_larger_than_what_was_confirmed)
{
    auto alice = survivor();
    constexpr std::uint64_t ahead = 3'000'000'000'000'000;  // the clock before was years ahead
    auto wish = confirmation("l", ahead);
    wish.fences = 10;
    BOOST_TEST(alice.acquire(wish)->fence == ahead);
    session bob{c};
    BOOST_TEST(!c.watch(bob.id()));
    BOOST_TEST(bob.acquire(wish_for({"m"}))->waiting);
    let_pass(ttl);
    reap_all();
    BOOST_TEST(told(bob) >= ahead + 10);
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_confirm_before_or_after)
{
    session alice{c};
    BOOST_TEST(!alice.acquire(confirmation("l", 7))->granted);
    auto bob = survivor();
    BOOST_TEST(bob.acquire(confirmation("l", 7))->granted);
    let_pass(ttl);
    session carol{c};
    BOOST_TEST(!carol.acquire(confirmation("m", 7))->granted);
    BOOST_TEST(carol.lock("m")->granted);
}

BOOST_AUTO_TEST_CASE(it_lasts_for_the_longest_ttl_of_those_who_knew)
{
    auto alice = survivor(1s);
    auto bob = survivor(1h);
    auto carol = survivor(2s);
    let_pass(2s);
    session dave{c};
    BOOST_TEST(!dave.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(it_counts_from_the_new_epoch_not_from_who_hears_of_it_late)
{
    session first{c};
    BOOST_TEST(first.lock("m")->granted);
    let_pass(ttl);
    auto alice = survivor();
    BOOST_TEST(alice.lock("l")->granted);
}

BOOST_AUTO_TEST_CASE(whoever_sets_a_timer_for_the_next_death_hears_of_it)
{
    session bob{c, 1h};
    c.watch();
    auto alice = survivor();
    auto const beaten = bob.beat(1h);
    BOOST_REQUIRE(beaten->seen.next_deadline.has_value());
    BOOST_TEST((*beaten->seen.next_deadline <= now() + ttl));
    BOOST_TEST(run_until([&] { return c.looks > 0; }));
}

BOOST_AUTO_TEST_CASE(readers_and_leaders_confirm_as_well)
{
    auto alice = survivor();
    auto bob = survivor();
    auto reads = confirmation("l", 7);
    reads.mode = store::lock_mode::shared;
    BOOST_TEST(alice.acquire(reads)->fence == 7U);
    BOOST_TEST(bob.acquire(reads)->fence == 7U);
    auto leads = confirmation("\1r", 9);
    leads.value = "v";
    BOOST_TEST(alice.acquire(leads)->fence == 9U);
    BOOST_TEST(c(store::leader{"\1r"})->elected->session == alice.id());
    BOOST_TEST(!bob.acquire(leads)->granted);
}

// An old snapshot was restored: who was there later knows.
BOOST_AUTO_TEST_CASE(an_epoch_that_goes_back_ends)
{
    session alice{c};
    auto const restored = open(alice, {});
    session bob{c};
    auto const later = std::to_string(std::stoll(restored.substr(0, 13)) + 1) + restored.substr(13);
    auto const epoch = open(bob, later);
    BOOST_TEST(epoch != restored);
    BOOST_TEST(epoch != later);
    BOOST_TEST(open(alice, restored) == epoch);
    BOOST_TEST(!alice.lock("l")->granted);
    BOOST_TEST(bob.acquire(confirmation("l", 7))->granted);
    let_pass(ttl);
    session carol{c};
    BOOST_TEST(carol.lock("m")->granted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
