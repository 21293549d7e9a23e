// Where a history takes place: a clock, a server, and what lies between the processes and it. In memory and virtual time, or real.
#ifndef COTERIE_TEST_SIMULATION_STAGE_HPP
#define COTERIE_TEST_SIMULATION_STAGE_HPP

#include "test/checkers/violation.hpp"

#include <coterie/clock.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coterie::simulation {

namespace asio = boost::asio;
using checkers::moment;

class stage
{
public:
    virtual ~stage() = default;

    virtual std::shared_ptr<coterie::clock> clock() = 0;

    // Nobody has anything to do: the time goes on a little. False: nothing would ever happen. `home`: who has no process runs here.
    virtual void enter(asio::io_context& home) = 0;
    virtual bool pass_time() = 0;

    // Durations of the real history, in parts of those that a program names; and how late what is on time may be noticed.
    virtual double pace() const = 0;
    virtual moment slack() const = 0;
    bool exact() const { return slack() == moment{}; }

    // Of the server, for this process.
    virtual std::string url(int process) = 0;

    // Which process runs until the next call.
    virtual void acting(int) {}

    // Disturbs requests, pushes or both from now on, or not.
    virtual void disturb(bool requests, bool pushes) = 0;
    virtual void stir() {}  // called now and then

    // What was sent while a process was cut off comes afterwards, though its sender has given it up. False: only while he has not.
    bool late_arrivals = true;

    virtual void disconnect_all() = 0;
    virtual void cut_off(int process, bool) = 0;
    virtual void refuse_connections(bool) = 0;
    virtual void freeze() = 0;
    virtual void thaw() = 0;
    virtual void lose_data() = 0;
    virtual bool can_fail_over() const = 0;  // and step the clock
    virtual void copy_to_replica() {}
    virtual void fail_over() {}
    virtual void step_time(coterie::clock::duration) {}

    // What is in the server, in words; nothing: it cannot be told at one moment. `on_revision` hears of each change of it.
    virtual std::optional<std::string> contents(std::string_view) const { return std::nullopt; }
    std::function<void(std::string_view address, std::uint64_t revision)> on_revision{};

    // By the clock of the history, what the server calls `milliseconds` since 1970.
    virtual moment at(std::int64_t milliseconds) const = 0;

    // What should not be there when all have gone; empty: nothing.
    virtual std::string left_behind() = 0;
};

std::unique_ptr<stage> make_memory_stage(std::uint64_t seed);

// `kind`: redis or valkey. Throws if there is none.
std::unique_ptr<stage> make_server_stage(std::string kind, std::uint64_t seed);

}  // namespace coterie::simulation

#endif
