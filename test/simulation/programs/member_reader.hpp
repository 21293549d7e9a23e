// Somebody who reads a stream of members, or of who leads.
#ifndef COTERIE_TEST_SIMULATION_PROGRAMS_MEMBER_READER_HPP
#define COTERIE_TEST_SIMULATION_PROGRAMS_MEMBER_READER_HPP

#include "test/simulation/world.hpp"

#include <coterie/coterie.hpp>

#include <cstddef>

namespace coterie::simulation {

struct reader
{
    int number;
    process* by;
    std::size_t buffer;
    member_events events;
    leader_events leaders{};
    bool at_once;  // else when it is told to
    bool asked = false;
    bool over = false;  // its process ends
};

}  // namespace coterie::simulation

#endif
