// One run of the program, from its settings to its exit code.
#ifndef COTERIE_SRC_CLI_PROGRAM_HPP
#define COTERIE_SRC_CLI_PROGRAM_HPP

#include "command_line.hpp"

namespace coterie::cli {

int run_program(command_line const&);

}  // namespace coterie::cli

#endif
