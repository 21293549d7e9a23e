// From the words of the command line to a command.
#ifndef COTERIE_SRC_CLI_COMMAND_LINE_HPP
#define COTERIE_SRC_CLI_COMMAND_LINE_HPP

#include "commands.hpp"
#include "settings.hpp"

#include <string>
#include <variant>
#include <vector>

namespace coterie::cli {

struct command_line
{
    cli::settings settings;
    cli::command command;
};

// Nothing to do but to say this: a help text for stdout (code 0), or what is wrong for stderr.
struct notice
{
    int code = 0;
    std::string text;
};

// The words after the program's name. Reads COTERIE_URL.
std::variant<command_line, notice> read_command_line(std::vector<std::string> const& words);

}  // namespace coterie::cli

#endif
