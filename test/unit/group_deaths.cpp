// Who dies is announced when his lease ends, whoever else has died; and nobody is returned past his deadline.
#include "group_reader.hpp"

#include <list>

using namespace unit;

namespace {

// A process of 2,000 connectors, which will die.
struct crowd_world : world
{
    static constexpr std::size_t many = 2000;

    void gather(group_config how, coterie::clock::duration apart)
    {
        for (std::size_t i = 0; i < many; ++i)
        {
            how.member = std::to_string(i);
            start(others.emplace_back(*crowd.client, how).async_join());
            run_for(apart);
        }
    }

    // Whoever asks is told the truth; and whoever watches, within 100 ms.
    void check_told_in_time(reader const& seen, process& survivor, int seconds)
    {
        for (int i = 0; i < seconds; ++i)
        {
            auto const living = ok(survivor->async_members()).size();
            run_for(100ms);
            BOOST_TEST(seen.members().size() <= living);
            run_for(900ms);
        }
    }

    process& crowd = make("crowd");
    std::list<coterie::group_connector> others;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_deaths, world)

BOOST_AUTO_TEST_CASE(a_crashed_process_is_announced_when_its_lease_ends)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    ok(a->async_join());
    run_for(12s);
    a.runs = false;
    BOOST_TEST(stored("a"));
    auto const begin = clock->now();
    BOOST_TEST(run_until([&] { return seen.members().empty(); }));
    auto const took = clock->now() - begin;
    BOOST_TEST((took <= 7500ms + 100ms));
    BOOST_TEST((took >= 2500ms));
    BOOST_TEST(ok(c->async_members()).empty());
    BOOST_TEST((b.count().lateness_max <= 100ms));
    BOOST_TEST(seen.news() == (names{"+a=", "-a"}), boost::test_tools::per_element());
}

// Whoever drew lots with the dead would look for them as seldom as if they lived.
BOOST_FIXTURE_TEST_CASE(the_one_survivor_of_many_tells_of_them_in_time, crowd_world)
{
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    gather({}, 0s);
    run_for(12s);
    BOOST_TEST(seen.members().size() == many);
    crowd.runs = false;
    run_for(7500ms + 100ms);
    BOOST_TEST(seen.members().empty());
}

// By their deadlines alone they look like so many who have renewed shorter leases lately.
BOOST_FIXTURE_TEST_CASE(the_dead_with_longer_leases_are_told_of_in_time, crowd_world)
{
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    gather({.heartbeat = 40s}, 10ms);
    BOOST_TEST(seen.members().size() == many);
    crowd.runs = false;
    check_told_in_time(seen, b, 61);
    BOOST_TEST(seen.members().empty());
}

// The survivor has counted the dead at his last beat, and still does at this one; but some of them are overdue.
BOOST_FIXTURE_TEST_CASE(whoever_sees_at_his_beat_that_nobody_tells_of_the_dead_does_so, crowd_world)
{
    auto& b = make("b", {.ttl = 5600ms});
    reader seen{ok(b->async_watch())};
    seen.read_on();
    gather({.ttl = 5600ms}, 2500us);
    run_for(5s);
    auto const beats = b.count().beats;
    run_until([&] { return b.count().beats > beats; });
    run_for(3500ms);
    crowd.runs = false;
    run_until([&] { return b.count().beats > beats + 1; });
    BOOST_TEST(seen.members().size() == many);  // he sees it just now
    check_told_in_time(seen, b, 4);
}

// To the millisecond, and with nobody there to reap.
BOOST_AUTO_TEST_CASE(nobody_past_his_deadline_is_returned)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    a.runs = false;
    run_for(7499ms);
    BOOST_TEST(ok(b->async_members()).size() == 1u);
    run_for(1ms);
    BOOST_TEST(ok(b->async_members()).empty());
    BOOST_TEST(b.count().sessions == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
