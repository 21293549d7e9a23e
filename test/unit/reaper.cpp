// Who looks for the dead, and when.
#include "src/core/reaper.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace coterie::core;

constexpr double most = 0.999999;
constexpr server_time now{1'700'000'000s};

}  // namespace

BOOST_AUTO_TEST_SUITE(reaper)

BOOST_AUTO_TEST_CASE(in_a_small_group_everybody_watches)
{
    for (std::uint64_t leases = 0; leases <= watchers; ++leases)
        BOOST_TEST(draws_watch(leases, most), leases);
}

BOOST_AUTO_TEST_CASE(in_a_large_one_about_as_many_as_wished)
{
    for (std::uint64_t const leases : {100U, 1000U, 100'000U})
    {
        std::uint64_t drawn = 0;
        for (std::uint64_t i = 0; i < leases; ++i)
            drawn += draws_watch(leases, static_cast<double>(i) / static_cast<double>(leases)) ? 1 : 0;
        BOOST_TEST(drawn >= watchers);
        BOOST_TEST(drawn <= watchers + 1);
    }
}

BOOST_AUTO_TEST_CASE(those_are_counted_who_have_beaten_since_ones_own_last_beat)
{
    beat_count counted;
    BOOST_TEST(counted.on_beat(7000, 500) == 500U);  // the first time: all there are
    BOOST_TEST(counted.on_beat(7301, 500) == 301U);  // with its own
    BOOST_TEST(counted.on_beat(7302, 500) == 1U);    // all others have died
    BOOST_TEST(counted.on_beat(9000, 500) == 500U);  // some beat often
    BOOST_TEST(counted.on_beat(3, 500) == 500U);     // the store has lost its data
    BOOST_TEST(counted.on_beat(0, 500) == 500U);     // or its count is unknown
    BOOST_TEST(counted.on_beat(100, 500) == 500U);
}

// Some beat every second, some every 30: as many watch as if all did alike.
BOOST_AUTO_TEST_CASE(however_often_each_one_beats)
{
    constexpr std::uint64_t often = 1000, rarely = 2000;
    constexpr std::uint64_t a_second = often + rarely / 30;
    double watching = 0;
    for (auto const& [how_many, interval] : {std::pair{often, 1U}, std::pair{rarely, 30U}})
    {
        beat_count counted;
        counted.on_beat(1, 1);
        auto const others = counted.on_beat(1 + a_second * interval, 1'000'000);
        watching += static_cast<double>(how_many) * static_cast<double>(watchers) / static_cast<double>(others);
    }
    BOOST_TEST(watching > 0.98 * static_cast<double>(watchers));
    BOOST_TEST(watching < 1.02 * static_cast<double>(watchers));
}

BOOST_AUTO_TEST_CASE(whoever_sees_a_death_that_nobody_has_told_of_watches)
{
    BOOST_TEST(!nobody_watches(now, {}));
    BOOST_TEST(!nobody_watches(now, now + 1s));
    BOOST_TEST(!nobody_watches(now, now - 99ms));
    BOOST_TEST(nobody_watches(now, now - 100ms));
}

BOOST_AUTO_TEST_CASE(never_before_the_deadline)
{
    BOOST_TEST((reap_delay(now, now + 3s, 1, 0.0) == 3s));
    BOOST_TEST((reap_delay(now, now, 1, 0.0) == 0s));
    BOOST_TEST((reap_delay(now, now - 1h, 1, 0.0) == 0s));  // overdue: at once
    for (std::uint64_t const leases : {0U, 1U, 32U, 1'000'000U})
        BOOST_TEST((reap_delay(now, now + 3s, leases, most) >= 3s));
}

BOOST_AUTO_TEST_CASE(spread_by_the_number_of_watchers_and_no_further)
{
    BOOST_TEST((reap_delay(now, now, 1, most) < 250us));  // alone: nobody to keep apart from
    BOOST_TEST((reap_delay(now, now, 32, most) > 7ms));
    BOOST_TEST((reap_delay(now, now, 32, most) < 8ms));
    BOOST_TEST((reap_delay(now, now, 1'000'000, most) < 8ms));
}

BOOST_AUTO_TEST_SUITE_END()
