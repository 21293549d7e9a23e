// The holder's view of a lease.
#include "src/core/lease.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using coterie::core::lease_state;
using coterie::core::local_time;
using lease_type = coterie::core::lease;

constexpr local_time start{1000s};

}  // namespace

BOOST_AUTO_TEST_SUITE(lease)

BOOST_AUTO_TEST_CASE(the_margin_is_bounded)
{
    BOOST_TEST((lease_type::margin(7500ms) == 150ms));
    BOOST_TEST((lease_type::margin(20ms) == 2ms));
    BOOST_TEST((lease_type::margin(7 * 24h) == 200ms));
    for (auto const ttl : {1ms, 2ms, 3ms})  // something is left of the shortest lease
        BOOST_TEST((lease_type::margin(ttl) < ttl));
}

BOOST_AUTO_TEST_CASE(held_then_uncertain_then_lost)
{
    lease_type lease{start, 7500ms, 5000ms};  // margin 150 ms: safe for 7350 ms, overdue half-way after the beat
    BOOST_TEST((lease.deadline() == start + 7350ms));
    BOOST_TEST((lease.overdue() == start + 6175ms));
    BOOST_TEST((lease.state(start) == lease_state::held));
    BOOST_TEST((lease.state(start + 6175ms - 1ns) == lease_state::held));
    BOOST_TEST((lease.state(start + 6175ms) == lease_state::uncertain));
    BOOST_TEST((lease.state(start + 7350ms - 1ns) == lease_state::uncertain));
    BOOST_TEST((lease.state(start + 7350ms) == lease_state::lost));
}

BOOST_AUTO_TEST_CASE(lost_is_final)
{
    lease_type lease{start, 7500ms, 5000ms};
    BOOST_TEST((lease.state(start + 8s) == lease_state::lost));
    BOOST_TEST((lease.state(start) == lease_state::lost));  // another thread looked later, by a clock that never goes back
    BOOST_TEST(!lease.renew(start + 5s, start + 5s));
    BOOST_TEST((lease.state(start + 5s) == lease_state::lost));
}

BOOST_AUTO_TEST_CASE(a_beat_counts_from_when_it_was_sent)
{
    lease_type lease{start, 7500ms, 5000ms};
    BOOST_TEST(lease.renew(start + 5s, start + 7s));
    BOOST_TEST((lease.deadline() == start + 12350ms));
    BOOST_TEST((lease.state(start + 7s) == lease_state::held));
    BOOST_TEST(lease.renew(start + 4s, start + 8s));  // an older one, confirmed later, takes nothing away
    BOOST_TEST((lease.deadline() == start + 12350ms));
}

BOOST_AUTO_TEST_CASE(a_beat_confirmed_too_late_does_not_help)
{
    lease_type lease{start, 7500ms, 5000ms};
    BOOST_TEST(!lease.renew(start + 7s, start + 7350ms));
    BOOST_TEST((lease.state(start + 7s) == lease_state::lost));
}

BOOST_AUTO_TEST_CASE(ended_is_in_the_past)
{
    lease_type lease{start, 7500ms, 5000ms};
    lease.end();
    BOOST_TEST((lease.state(start) == lease_state::lost));
    BOOST_TEST((lease.deadline() < local_time{}));
    BOOST_TEST((lease.overdue() <= lease.deadline()));
    BOOST_TEST(!lease.renew(start + 1s, start + 1s));
}

BOOST_AUTO_TEST_CASE(without_beats_it_is_never_uncertain)
{
    lease_type lease{start, 1s, 0s};
    BOOST_TEST((lease.state(start + 979ms) == lease_state::held));
    BOOST_TEST((lease.state(start + 980ms) == lease_state::lost));
}

BOOST_AUTO_TEST_SUITE_END()
