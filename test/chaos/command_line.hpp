// What coterie_chaos and coterie_soak have in common on the command line: [--store redis|valkey] [--workers N] [--minutes M | --seconds S] [--seed N]
#ifndef COTERIE_TEST_CHAOS_COMMAND_LINE_HPP
#define COTERIE_TEST_CHAOS_COMMAND_LINE_HPP

#include "settings.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace coterie::chaos {

// Prints them. Throws skip if there is no such server on this machine.
settings read_settings(std::vector<std::string> const& given);

std::filesystem::path make_folder();

// The exit code of a program with this body: 2 if it throws, 77 if it is skipped.
int run_program(char const* name, std::function<int()> const& body);

}  // namespace coterie::chaos

#endif
