// What hangs on a session, as a client asks that resumes it.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(inventory, fixture)

BOOST_AUTO_TEST_CASE(names_members_locks_and_places)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(alice.inventory() == strings{});
    alice.join({{"a b", "1"}, {"c", "2"}});
    auto const fence = alice.lock("l", "me")->fence;
    alice.take("fixed", 1h);  // a lease of its own hangs on no session
    store::acquire shared;
    shared.names = {"shared"};
    shared.mode = store::lock_mode::shared;
    BOOST_TEST(alice.acquire(shared)->granted);
    auto const granted = alice.last.place;
    bob.lock("busy");
    store::acquire wish;
    wish.names = {"busy"};
    wish.wait = true;
    BOOST_TEST(alice.acquire(wish)->waiting);
    auto const waiting = alice.last.place;
    alice.put("e", "1");
    strings expected{"k l me", "m a b", "m c", "w " + std::to_string(granted), "w " + std::to_string(waiting)};
    std::ranges::sort(expected);
    BOOST_TEST(alice.inventory() == expected);

    auto const page = c(store::inventory{alice.who, {}, 1000});
    BOOST_TEST(page->locks.at(0).fence == fence);
    BOOST_TEST(bob.inventory() == strings{"k busy owner"});

    alice.leave({"c"});
    BOOST_TEST(c.unlock(alice.claim("l", fence, "me"))->released);
    alice.withdraw(waiting);
    BOOST_TEST(alice.inventory() == (strings{"m a b", "w " + std::to_string(granted)}));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_another_has_now)
{
    session alice{c};
    session bob{c};
    auto const fence = alice.lock("l")->fence;
    c.force(alice.claim("l", fence));
    bob.lock("l");
    alice.resume();
    BOOST_TEST(alice.inventory() == strings{});
}

BOOST_AUTO_TEST_CASE(comes_in_pages)
{
    session alice{c};
    entries all;
    strings expected;
    for (int i = 1000; i < 3500; ++i)
    {
        all.push_back({std::to_string(i), ""});
        expected.push_back("m " + std::to_string(i));
    }
    alice.join(all);
    auto const page = c(store::inventory{alice.who, {}, 100});
    BOOST_TEST(!page->cursor.empty());
    BOOST_TEST(page->members.size() < 1000U);
    BOOST_TEST(alice.inventory(100) == expected);
}

BOOST_AUTO_TEST_CASE(is_of_the_living_session_alone)
{
    session alice{c};
    alice.join("a");
    auto late = alice.who;
    alice.resume();
    late.generation = alice.who.generation - 1;
    BOOST_TEST((c(store::inventory{late}).error == errc::stale));
    BOOST_TEST(alice.inventory() == strings{"m a"});
    alice.close();
    BOOST_TEST((c(store::inventory{alice.who}).error == errc::lost));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
