// The pause before the next try.
#include "src/core/backoff.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using growing = coterie::core::backoff;

}  // namespace

BOOST_AUTO_TEST_SUITE(backoff)

BOOST_AUTO_TEST_CASE(doubles_up_to_its_cap)
{
    growing tries;
    for (auto const whole : {20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms, 1000ms})
        BOOST_TEST(tries.next(0.0).count() == (whole / 2).count());
}

BOOST_AUTO_TEST_CASE(between_a_half_and_the_whole)
{
    for (double const chance : {0.0, 0.25, 0.5, 0.999999})
    {
        growing tries;
        for (int i = 0; i < 30; ++i)
        {
            auto const length = tries.next(chance);
            BOOST_TEST((length >= growing::base / 2));
            BOOST_TEST((length <= growing::cap));
        }
        BOOST_TEST((tries.next(chance) >= growing::cap / 2));
    }
}

BOOST_AUTO_TEST_CASE(starts_anew)
{
    growing tries;
    for (int i = 0; i < 10; ++i)
        tries.next(0.5);
    tries.reset();
    BOOST_TEST((tries.next(0.0) == growing::base / 2));
}

BOOST_AUTO_TEST_SUITE_END()
