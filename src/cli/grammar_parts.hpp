// What the grammars of several commands share: options that are durations, and verbs.
#ifndef COTERIE_SRC_CLI_GRAMMAR_PARTS_HPP
#define COTERIE_SRC_CLI_GRAMMAR_PARTS_HPP

#include "duration.hpp"

#include <coterie/options.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>

namespace coterie::cli {

inline std::chrono::milliseconds duration_or_throw(std::string const& option, std::string const& text)
{
    if (auto const found = parse_duration(text))
        return *found;
    throw CLI::ValidationError{option, fmt::format("'{}' is no duration; write it like 250ms, 7.5s, 2m or 1h", text)};
}

template <class Target>
CLI::Option* add_duration(CLI::App& app, std::string const& option, Target& target, std::string const& help)
{
    return app
        .add_option_function<std::string>(
            option, [option, &target](std::string const& text) { target = duration_or_throw(option, text); }, help)
        ->type_name("DURATION");
}

// How long to wait: also `forever`.
template <class Target>
void add_wait(CLI::App& app, Target& target, std::string const& help)
{
    app.add_option_function<std::string>(
           "--wait",
           [&target](std::string const& text) { target = text == "forever" ? coterie::forever : duration_or_throw("--wait", text); }, help)
        ->type_name("DURATION");
}

// A word after the command that says what to do.
template <class Command>
CLI::App& add_verb(CLI::App& to, std::string const& name, std::string const& help, Command& target, typename Command::verb what)
{
    auto& sub = *to.add_subcommand(name, help);
    sub.fallthrough();
    sub.callback([&target, what] { target.what = what; });
    return sub;
}

}  // namespace coterie::cli

#endif
