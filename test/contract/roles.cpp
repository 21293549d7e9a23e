// Roles: locks whose holder is announced.
#include "waiting.hpp"

#include "src/core/role.hpp"

namespace coterie::test {
namespace {

std::string const role = core::name_of_role("r");

struct role_fixture : waiting_fixture
{
    store::acquire candidate(std::string value, std::string owner = "owner")
    {
        auto wish = wish_for({role});
        wish.value = std::move(value);
        wish.owner = std::move(owner);
        return wish;
    }

    // "session term member=value"; "nobody".
    std::string leader()
    {
        auto const found = c(store::leader{role});
        if (!found->elected)
            return "nobody";
        BOOST_TEST((found->deadline > found->now));
        return shown(*found->elected);
    }

    static std::string shown(core::record const& elected)
    {
        auto const value = core::unpack_leader(elected.value);
        BOOST_REQUIRE(value.has_value());
        return elected.session + " " + std::to_string(value->term) + " " + value->member + "=" + value->value;
    }

    static std::string as_leader(session const& who, std::uint64_t fence)
    {
        return who.id() + " " + std::to_string(fence) + " " + who.last.owner + "=" + who.last.value;
    }

    // The next change of the role, from the events: "+..." as leader(), "-session", one after the other.
    std::string next_change()
    {
        std::string result;
        auto const event = c.next_event();
        for (auto const& change : event.changes)
        {
            BOOST_TEST(change.member.name == role);
            result += (result.empty() ? "" : " ") + std::string{static_cast<char>(change.kind)} +
                      (change.kind == core::change_kind::left ? std::string{change.member.session} : shown(change.member));
        }
        return result;
    }

    session alice{c};
    session bob{c};
    error_code const told_alice = c.watch(alice.id());
    error_code const told_bob = c.watch(bob.id());
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(roles, role_fixture)

BOOST_AUTO_TEST_CASE(who_is_elected_is_announced)
{
    c.watch();
    BOOST_TEST(leader() == "nobody");
    auto const fence = alice.acquire(candidate("at 1", "ann"))->fence;
    BOOST_TEST(leader() == as_leader(alice, fence));
    BOOST_TEST(next_change() == "+" + as_leader(alice, fence));
    BOOST_TEST(alice.ask_again()->fence == fence);
    BOOST_TEST(bob.acquire(candidate("at 2"))->waiting);
    BOOST_TEST(leader() == as_leader(alice, fence));

    BOOST_TEST(alice.withdraw()->held);
    auto const next = told(bob);
    BOOST_TEST(next > fence);
    BOOST_TEST(leader() == as_leader(bob, next));
    BOOST_TEST(next_change() == "-" + alice.id() + " +" + as_leader(bob, next));
    bob.withdraw();
    BOOST_TEST(next_change() == "-" + bob.id());
    BOOST_TEST(leader() == "nobody");
    BOOST_TEST(bob.withdraw()->held == false);
    BOOST_TEST(c.history(0)->events.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_dead_leader_is_followed_when_he_is_reaped)
{
    c.watch();
    alice.acquire(candidate("1"));
    next_change();
    bob.acquire(candidate("2"));
    alice.die();
    BOOST_TEST(leader() == "nobody");
    c.reap({alice.id()});
    BOOST_TEST(leader() == as_leader(bob, told(bob)));
    BOOST_TEST(next_change() == "-" + alice.id() + " +" + as_leader(bob, told(bob)));
}

BOOST_AUTO_TEST_CASE(or_by_whoever_comes_before_that)
{
    c.watch();
    alice.acquire(candidate("1"));
    next_change();
    alice.die();
    auto const fence = bob.acquire(candidate("2"))->fence;
    BOOST_TEST(leader() == as_leader(bob, fence));
    BOOST_TEST(next_change() == "-" + alice.id() + " +" + as_leader(bob, fence));
    c.reap({alice.id()});
    BOOST_TEST(leader() == as_leader(bob, fence));
    BOOST_TEST(c.history(0)->events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_leader_who_closes_is_followed)
{
    alice.acquire(candidate("1"));
    bob.acquire(candidate("2"));
    alice.close();
    BOOST_TEST(leader() == as_leader(bob, told(bob)));
    bob.close();
    BOOST_TEST(leader() == "nobody");
}

BOOST_AUTO_TEST_CASE(a_leader_is_put_down_by_force)
{
    alice.acquire(candidate("1"));
    bob.acquire(candidate("2"));
    c.force(*c.holder(role));
    BOOST_TEST(leader() == as_leader(bob, told(bob)));
    BOOST_CHECK(alice.beat().error == errc::stale);
}

BOOST_AUTO_TEST_CASE(a_leader_proclaims_another_value)
{
    c.watch();
    auto const fence = alice.acquire(candidate("1"))->fence;
    next_change();
    auto const since = c(store::leader{role})->elected->joined_at;
    auto const mine = alice.claim(alice.last, fence);
    BOOST_TEST(c(store::proclaim{alice.who, mine, "2"})->held);
    alice.last.value = "2";
    BOOST_TEST(leader() == as_leader(alice, fence));
    BOOST_TEST(next_change() == "*" + as_leader(alice, fence));
    BOOST_TEST(c(store::proclaim{alice.who, mine, "2"})->held);  // nothing new
    BOOST_TEST(c.history(0)->events.size() == 2U);
    BOOST_TEST((c(store::leader{role})->elected->joined_at == since));
    BOOST_TEST(alice.ask_again()->fence == fence);
}

BOOST_AUTO_TEST_CASE(nobody_else_proclaims)
{
    auto const fence = alice.acquire(candidate("1"))->fence;
    bob.acquire(candidate("2"));
    auto const mine = alice.claim(alice.last, fence);
    auto const before = leader();
    auto older = mine;
    --older.fence;
    BOOST_TEST(!c(store::proclaim{alice.who, older, "x"})->held);
    BOOST_TEST(!c(store::proclaim{bob.who, bob.claim(bob.last, fence), "x"})->held);
    BOOST_TEST(leader() == before);
    ++alice.who.generation;
    BOOST_CHECK((c(store::proclaim{alice.who, mine, "x"}).error == errc::stale));
    alice.resume();
    alice.withdraw();
    BOOST_TEST(!c(store::proclaim{alice.who, mine, "x"})->held);
    BOOST_TEST(leader() == as_leader(bob, told(bob)));
}

BOOST_AUTO_TEST_CASE(an_inspection_leaves_values_out)
{
    alice.acquire(candidate(std::string(100'000, 'x'), "ann"));
    bob.acquire(candidate(std::string(100'000, 'y'), "bob"));
    auto const seen = c.inspect(role);
    BOOST_REQUIRE(seen->holders.size() == 1U);
    BOOST_TEST(seen->holders[0].what.owner == "ann");
    BOOST_TEST((seen->holders[0].what.names == strings{role}));
    BOOST_REQUIRE(seen->waiters.size() == 1U);
    BOOST_TEST(seen->waiters[0].wanted.owner == "bob");
    alice.withdraw();
    BOOST_TEST(leader().size() > 100'000U);
}

BOOST_AUTO_TEST_CASE(one_session_follows_itself)
{
    c.watch();
    auto const first = alice.acquire(candidate("1"))->fence;
    next_change();
    auto const leading = alice.last;
    BOOST_TEST(alice.acquire(candidate("2"))->waiting);
    alice.withdraw(leading.place);
    auto const second = told(alice);
    BOOST_TEST(second > first);
    BOOST_TEST(leader() == as_leader(alice, second));
    BOOST_TEST(next_change() == "-" + alice.id() + " +" + as_leader(alice, second));
}

BOOST_AUTO_TEST_CASE(many_large_values_are_told_in_several_events)
{
    for (auto* who : {&alice, &bob})
        for (int i = 0; i < 4; ++i)
        {
            auto wish = candidate(std::string(600'000, who == &alice ? 'a' : 'b'));
            wish.names = {core::name_of_role(std::to_string(i))};
            who->acquire(wish);
        }
    c.watch();
    alice.close();
    BOOST_TEST(c.next_event().changes.size() == 6U);  // four are gone, two are elected
    BOOST_TEST(c.next_event().changes.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
