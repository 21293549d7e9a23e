// Runs seeds, in this process or shared among several.
#ifndef COTERIE_TEST_SIMULATION_JOBS_HPP
#define COTERIE_TEST_SIMULATION_JOBS_HPP

#include "programs.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace coterie::simulation {

// Runs one seed; throws if a promise is broken.
using one_seed = std::function<counts(std::uint64_t seed)>;

struct outcome
{
    counts all{};
    std::string broken{};  // a line for each seed that failed
};

// Job J of N runs each N-th seed. A job goes on after a failure, and ends after its tenth.
outcome run_seeds(std::uint64_t first, std::uint64_t count, unsigned jobs, one_seed const&);

}  // namespace coterie::simulation

#endif
