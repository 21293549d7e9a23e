// Who looks for the dead, and when.
#include "src/core/reaper.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>

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
