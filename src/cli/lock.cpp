// coterie lock
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "supervise.hpp"

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>

namespace coterie::cli {
namespace {

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

    auto const code = co_await until_ended_or_lost(program, c.signals, held, what.kill_after);
    if (!code)
        co_return report_loss(what, "and CMD was ended");

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
