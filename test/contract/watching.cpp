// stores: redis valkey
// Watching over reconnects: what was wished for is not forgotten, and a gap is told to those who have it.
#include "../support/fixture.hpp"
#include "../support/proxy.hpp"

#include <algorithm>
#include <string_view>

namespace coterie::test {
namespace {

struct watching_fixture : fixture
{
    std::string guest_url() const { return "unix://guest:secret@"; }

    // A user with all rights, but to the channels of these groups alone.
    void allow(strings const& groups)
    {
        strings command{"ACL", "SETUSER", "guest", "reset", "on", ">secret", "~*", "+@all"};
        for (auto const& group : groups)
            command.push_back("&coterie:{" + group + "}:ev");
        BOOST_REQUIRE(redis(command).text == "OK");
    }

    void cut_subscriptions() { redis({"CLIENT", "KILL", "TYPE", "pubsub"}); }

    auto subscriptions_up() const
    {
        return std::count_if(log().begin(), log().end(), [](std::string_view line) { return line.starts_with("events: connected"); });
    }

    std::int64_t subscribers(std::string const& group)
    {
        return redis({"PUBSUB", "SHARDNUMSUB", "coterie:{" + group + "}:ev"}).items.at(1).number;
    }

    void teardown()
    {
        redis({"ACL", "DELUSER", "guest"});
        fixture::teardown();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watching, watching_fixture)

BOOST_AUTO_TEST_CASE(a_first_refusal_is_the_answer)
{
    allow({});
    client guest{*this, "g", guest_url() + server().socket()};
    BOOST_TEST(guest.watch() == errc::refused);
    allow({"g"});
    BOOST_TEST(!guest.watch());
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((guest.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(a_later_refusal_is_tried_again)
{
    allow({"g"});
    client guest{*this, "g", guest_url() + server().socket()};
    BOOST_TEST(!guest.watch());
    allow({});
    cut_subscriptions();
    BOOST_REQUIRE(run_until([&] { return logged("cannot watch g"); }));
    BOOST_REQUIRE(run_until([&] { return guest.gaps == 1; }));  // whoever reads will notice what was missed: nobody else tells him
    allow({"g"});
    BOOST_REQUIRE(run_until([&] { return guest.gaps == 2; }));  // now it has come true
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((guest.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(a_refusal_does_not_hold_up_the_others)
{
    allow({"g", "h"});
    client guest{*this, "g", guest_url() + server().socket()};
    BOOST_TEST(!guest.watch());
    auto const other = guest.start_watch({"h"});
    BOOST_REQUIRE(run_until([&] { return other->has_value(); }));
    allow({"g"});
    cut_subscriptions();
    BOOST_REQUIRE(run_until([&] { return guest.gaps == 1; }));
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((guest.next_event() == *joined->event));
    guest.unwatch({"h"});
    let_pass(20ms);
    BOOST_TEST(guest.gaps == 1);
}

// The last answer that the gap waits for belongs to a group that nobody watches any more.
BOOST_AUTO_TEST_CASE(unwatch_does_not_swallow_the_gap_of_others)
{
    proxy between{server().port()};
    client distant{*this, "g", between.url()};
    BOOST_TEST(!distant.watch());
    auto const before = subscriptions_up();
    cut_subscriptions();
    BOOST_REQUIRE(run_until([&] { return subscriptions_up() > before; }));
    between.delay(100ms);
    BOOST_REQUIRE(run_until([&] { return subscribers("g") == 1; }));
    auto const second = distant.start_watch({"h"});  // its answer comes 200 ms later, that of g before
    auto const first = distant.start_watch({"g"});
    BOOST_REQUIRE(run_until([&] { return first->has_value(); }));
    BOOST_TEST(distant.gaps == 0);
    BOOST_TEST(!second->has_value());
    distant.unwatch({"h"});
    BOOST_TEST(distant.gaps == 0);  // nothing is told from inside the call
    BOOST_TEST(run_until([&] { return distant.gaps == 1; }));
    BOOST_REQUIRE(run_until([&] { return second->has_value(); }));
    BOOST_TEST(**second == errc::closed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
