// stores: redis valkey
// A command that a broken network delivers late, after its session went on under a newer connection, does nothing.
#include "../support/fixture.hpp"
#include "../support/proxy.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(delayed, fixture)

BOOST_AUTO_TEST_CASE(a_command_of_an_older_connection_is_stale)
{
    proxy between{server().port()};
    client behind{*this, "g", between.url()};
    session alice{behind};
    alice.join("a", "1");

    between.hold_on_the_way();
    auto const late = behind.send(store::join{alice.who, {{"a", "late"}, {"b", "late"}}, false});
    BOOST_REQUIRE(run_until([&] { return late->has_value(); }));
    BOOST_TEST((*late)->error == errc::outcome_unknown);
    BOOST_TEST(!behind.up);

    session newer{c, {alice.id(), alice.who.generation + 1}};
    BOOST_TEST(!newer.resume().error);
    resp_client monitor{server().socket()};
    monitor({"MONITOR"});
    between.pass();
    for (std::string seen; seen.find("\"late\"") == std::string::npos;)
        seen = monitor.next().text;  // it has arrived

    BOOST_TEST(c.living() == strings{"a=1"});
    BOOST_TEST(!newer.beat().error);
    BOOST_REQUIRE(run_until([&] { return behind.up; }));
    BOOST_TEST(behind.generation > alice.who.generation);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
