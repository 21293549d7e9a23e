// What the program says: a line at a time, flushed, so that the next program in a pipe has it at once.
#ifndef COTERIE_SRC_CLI_OUTPUT_HPP
#define COTERIE_SRC_CLI_OUTPUT_HPP

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace coterie::cli {

// Whoever read our stdout has gone: time to end quietly.
struct output_closed
{
};

// Throws output_closed, or std::system_error if it cannot be written for another reason.
void print_line(std::string_view);
void print_bytes(std::string_view);  // as they are
void print_json(boost::json::value const&);

// To stderr, after "coterie: ".
void complain(std::string_view);

// For a terminal: control characters as \xNN.
std::string printable(std::string_view);

// For JSON, which is UTF-8: a byte that belongs to no character becomes U+FFFD.
std::string utf8(std::string_view);
boost::json::array utf8(std::span<std::string const>);

// Local time to the millisecond: 2026-01-31 23:59:59.123
std::string local_time(std::chrono::system_clock::time_point);

}  // namespace coterie::cli

#endif
