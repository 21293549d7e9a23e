// What goes wrong in a history: its seed says.
#ifndef COTERIE_TEST_SIMULATION_PLAN_HPP
#define COTERIE_TEST_SIMULATION_PLAN_HPP

#include <cstdint>

namespace coterie::simulation {

struct plan
{
    bool pushes = false;     // are lost, late and double
    bool network = false;    // connections break, nobody or one process alone can connect, the server stands still
    bool noise = false;      // and requests are late, lost before or after their effect
    bool crashes = false;    // processes stand still, for longer than their leases or not, or are killed
    bool data = false;       // the server loses its data
    bool failover = false;   // a replica takes over that lacks what was done last
    bool clock = false;      // the server's clock is stepped
    bool force = false;      // locks are taken by force
    bool own_names = false;  // each acquisition is of another member: none waits behind another of its process

    explicit plan(std::uint64_t seed)
    {
        auto const rare = seed / 8 % 8;
        pushes = (seed & 1) != 0;
        network = (seed & 2) != 0;
        noise = network && (seed & 128) == 0;
        crashes = (seed & 4) != 0;
        data = rare == 1;
        force = rare == 2;
        failover = rare == 3;
        clock = rare == 4;
        own_names = (seed & 64) != 0 || calm();
    }

    // Nothing delays a request on its way, and nothing ends by itself.
    bool calm() const { return !(pushes || network || crashes || data || failover || clock || force); }

    // What the store has granted stays granted, for as long as its holder can know.
    bool faithful() const { return !(data || failover || clock || force); }
};

}  // namespace coterie::simulation

#endif
