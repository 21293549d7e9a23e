// Running CMD to its end.
#ifndef COTERIE_SRC_CLI_SUPERVISE_HPP
#define COTERIE_SRC_CLI_SUPERVISE_HPP

#include "child.hpp"
#include "stop_signals.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace coterie::cli {

// CMD, or if it cannot be executed, the exit code that says so; stderr has the reason.
std::variant<std::unique_ptr<child>, int> start_program(asio::any_io_executor, std::vector<std::string> const& words,
                                                        child_options const& = {});

// Its exit code. The signals we get are passed on, and it decides what to make of them.
asio::awaitable<int> until_ended(child&, stop_signals&);

}  // namespace coterie::cli

#endif
