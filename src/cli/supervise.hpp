// Running CMD to its end.
#ifndef COTERIE_SRC_CLI_SUPERVISE_HPP
#define COTERIE_SRC_CLI_SUPERVISE_HPP

#include "child.hpp"
#include "stop_signals.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace coterie::cli {

// CMD, or if it cannot be executed, the exit code that says so; stderr has the reason.
std::variant<std::unique_ptr<child>, int> start_program(asio::any_io_executor, std::vector<std::string> const& words,
                                                        child_options const& = {});

// Its exit code. The signals we get are passed on, and it decides what to make of them.
asio::awaitable<int> until_ended(child&, stop_signals&);

// Ends it: SIGTERM, and SIGKILL after `grace`.
asio::awaitable<void> end_program(child&, std::chrono::milliseconds grace);

// CMD under a lock or a leadership: its exit code. None if that was lost before CMD ended: then CMD has been ended, since whoever has it next relies on
// that.
template <class Held>
asio::awaitable<std::optional<int>> until_ended_or_lost(child& program, stop_signals& signals, Held& held, std::chrono::milliseconds grace)
{
    auto const executor = co_await asio::this_coro::executor;
    auto either = asio::experimental::make_parallel_group(asio::co_spawn(executor, until_ended(program, signals), asio::deferred),
                                                          held.async_lost(asio::deferred));
    auto [order, failure, code, no_loss] = co_await std::move(either).async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 1 && !no_loss)
    {
        co_await end_program(program, grace);
        co_return std::nullopt;
    }
    if (failure)
        std::rethrow_exception(failure);
    co_return code;
}

}  // namespace coterie::cli

#endif
