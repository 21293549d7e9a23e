// The words of `coterie memo`.
#ifndef COTERIE_SRC_CLI_MEMO_GRAMMAR_HPP
#define COTERIE_SRC_CLI_MEMO_GRAMMAR_HPP

#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace coterie::cli {

// Adds what follows `memo`; all of it writes into the target.
void add_memo(CLI::App& memo, memo_command& target);

}  // namespace coterie::cli

#endif
