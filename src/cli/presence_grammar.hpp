// The words of `coterie presence`.
#ifndef COTERIE_SRC_CLI_PRESENCE_GRAMMAR_HPP
#define COTERIE_SRC_CLI_PRESENCE_GRAMMAR_HPP

#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace coterie::cli {

// Adds what follows `presence`; all of it writes into the target.
void add_presence(CLI::App& presence, presence_command& target);

}  // namespace coterie::cli

#endif
