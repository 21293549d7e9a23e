// coterie lock
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "supervise.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <csignal>

namespace coterie::cli {
namespace {

// It must not go on: whoever gets the lock next relies on that.
asio::awaitable<void> end(context& c, child& program, std::chrono::milliseconds grace)
{
    program.send(SIGTERM);
    auto [failure, code] = co_await asio::co_spawn(c.get_executor(), program.wait(),
                                                   asio::cancel_after(grace, asio::as_tuple(asio::use_awaitable)));
    if (!failure)
        co_return;
    program.send(SIGKILL);
    co_await program.wait();
}

// The exit code of CMD; none if the lock was lost before CMD ended.
asio::awaitable<std::optional<int>> while_held(context& c, child& program, lock& held)
{
    auto either = asio::experimental::make_parallel_group(asio::co_spawn(c.get_executor(), until_ended(program, c.signals), asio::deferred),
                                                          held.async_lost(asio::deferred));
    auto [order, failure, code, no_loss] = co_await std::move(either).async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 1 && !no_loss)
        co_return std::nullopt;
    if (failure)
        std::rethrow_exception(failure);
    co_return code;
}

int report_loss(lock_command const& what, std::string_view consequence)
{
    complain(fmt::format("lock: {} was lost, {}; somebody else may have had it", printable(what.name), consequence));
    return exit_code::lost;
}

asio::awaitable<int> run_under(context& c, lock_command const& what, lock& held)
{
    child_options options;
    options.environment = {fmt::format("COTERIE_FENCE={}", held.fence())};
    auto started = start_program(c.get_executor(), what.program, options);
    if (auto const* failed = std::get_if<int>(&started))
        co_return *failed;
    auto& program = *std::get<0>(started);

    auto const code = co_await while_held(c, program, held);
    if (!code)
    {
        co_await end(c, program, what.kill_after);
        co_return report_loss(what, "and CMD was ended");
    }

    auto const [failure] = co_await held.async_release(asio::as_tuple(asio::use_awaitable));
    if (failure == errc::lost)
        co_return report_loss(what, "before CMD ended by itself");
    if (failure)
        complain(fmt::format("lock: {} is free when its lease ends, not now: {}", printable(what.name), failure.message()));
    co_return *code;
}

// None: not in time.
asio::awaitable<std::optional<lock>> acquire(context& c, lock_command const& what)
{
    lock_options options;
    options.wait = what.wait;
    options.member = what.member;
    options.lease = what.lease;
    options.mode = what.shared ? lock_mode::shared : lock_mode::exclusive;
    auto [failure, held] = co_await c.signals.unless_stopped(c.group.async_lock(what.name, options, asio::as_tuple(asio::use_awaitable)));
    if (failure == errc::timed_out)
        co_return std::nullopt;
    if (failure)
        throw boost::system::system_error{failure};
    co_return std::move(held);
}

}  // namespace

asio::awaitable<int> run(context& c, lock_command const& what)
{
    auto held = co_await acquire(c, what);
    if (!held)
    {
        complain(fmt::format("lock: {0} is held by another; coterie inspect {0} tells who", printable(what.name)));
        co_return exit_code::not_acquired;
    }
    c.under_way();
    co_return co_await run_under(c, what, *held);
}

}  // namespace coterie::cli
