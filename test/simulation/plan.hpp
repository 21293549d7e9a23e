// What goes wrong in a history: its seed says.
#ifndef COTERIE_TEST_SIMULATION_PLAN_HPP
#define COTERIE_TEST_SIMULATION_PLAN_HPP

#include "world.hpp"

#include <cstdint>

namespace coterie::simulation {

struct plan
{
    bool pushes = false;     // are lost, late and double
    bool network = false;    // requests are late, lost before or after their effect; connections break
    bool crashes = false;    // processes stand still, for longer than their leases or not, or are killed
    bool data = false;       // the server loses its data
    bool force = false;      // locks are taken by force
    bool own_names = false;  // each acquisition is of another member: none waits behind another of its process
    bool calm() const { return !(pushes || network || crashes || data || force); }
};

plan make_plan(std::uint64_t seed);

// Disturbs requests and pushes as planned, while `now` is true.
void disturb(world&, plan const&, bool const& now);

}  // namespace coterie::simulation

#endif
