// The programs that histories run. Another one: a file in programs/, a line here, a line in programs.cpp.
#ifndef COTERIE_TEST_SIMULATION_PROGRAMS_HPP
#define COTERIE_TEST_SIMULATION_PROGRAMS_HPP

#include "history.hpp"

#include <string_view>
#include <vector>

namespace coterie::simulation {

counts run_locks(setting const&);
counts run_members(setting const&);
counts run_data(setting const&);
counts run_presence(setting const&);
counts run_memo(setting const&);

struct program
{
    std::string_view name;
    counts (*run)(setting const&);
};

std::vector<program> const& programs();

}  // namespace coterie::simulation

#endif
