// Processor time, of this process and of the server.
#ifndef COTERIE_BENCHMARKS_HARNESS_COSTS_HPP
#define COTERIE_BENCHMARKS_HARNESS_COSTS_HPP

#include "raw_connection.hpp"
#include "work.hpp"

#include <cstdint>
#include <string_view>

namespace coterie::benchmarks {

struct costs
{
    double client_us = 0;
    double server_us = 0;
    std::chrono::nanoseconds at{};

    friend costs operator-(costs const& a, costs const& b) { return {a.client_us - b.client_us, a.server_us - b.server_us, a.at - b.at}; }
    double seconds() const { return std::chrono::duration<double>(at).count(); }
};

// On a connection of its own, which is idle between two readings.
class cost_meter
{
public:
    explicit cost_meter(std::string_view url) : server_{io_, url} {}

    costs read();

    // A number of INFO, as "used_memory"; of a line of commandstats: field "cmdstat_evalsha", part "usec".
    double info(std::string_view field, std::string_view part = {});

    raw_connection& server() { return server_; }

private:
    asio::io_context io_;
    raw_connection server_;
};

}  // namespace coterie::benchmarks

#endif
