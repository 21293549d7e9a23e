// One history of locks, permits and roles, made from a seed and checked as it goes.
#ifndef COTERIE_TEST_SIMULATION_LOCK_RUN_HPP
#define COTERIE_TEST_SIMULATION_LOCK_RUN_HPP

#include <cstdint>
#include <functional>
#include <string>

namespace coterie::simulation {

struct summary
{
    std::uint64_t asked = 0;
    std::uint64_t granted = 0;
    std::uint64_t lost = 0;
};

// Throws a violation. `trace` hears what happens, if it is not empty.
summary run_locks(std::uint64_t seed, std::function<void(std::string const&)> const& trace);

}  // namespace coterie::simulation

#endif
