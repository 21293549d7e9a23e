#include "program.hpp"

#include "context.hpp"
#include "exit_code.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <exception>
#include <stdexcept>

namespace coterie::cli {
namespace {

void explain(context const& c, error_code const& failure)
{
    bool const unreachable = failure == errc::not_connected || failure == errc::outcome_unknown;
    complain(unreachable ? fmt::format("{} ({})", failure.message(), c.settings.url_without_password()) : failure.message());
}

int exit_code_of(error_code const& failure)
{
    bool const user = failure == errc::bad_name || failure == errc::bad_argument || failure == errc::too_large;
    return user ? exit_code::usage : exit_code::error;
}

asio::awaitable<int> run_command(context& c, command const& what)
{
    try
    {
        co_return co_await std::visit([&c](auto const& one) { return run(c, one); }, what);
    }
    catch (interrupted const& by)
    {
        co_return exit_code::signalled + by.signal;
    }
    catch (output_closed const&)
    {
        co_return exit_code::ok;
    }
    catch (boost::system::system_error const& e)
    {
        explain(c, e.code());
        co_return exit_code_of(e.code());
    }
    catch (std::exception const& e)
    {
        complain(e.what());
        co_return exit_code::error;
    }
}

// Whatever the command left behind goes now, rather than when the lease ends.
asio::awaitable<void> close(context& c, int code)
{
    auto const [failure] = co_await c.group.async_close(asio::as_tuple(asio::use_awaitable));
    if (failure && code != exit_code::error)
        complain(fmt::format("what this command held is free when its lease ends, not now: {}", failure.message()));
}

asio::awaitable<int> run_and_close(context& c, command const& what)
{
    int const code = co_await run_command(c, what);
    try
    {
        co_await c.signals.unless_stopped(close(c, code));
    }
    catch (interrupted const& by)
    {
        co_return exit_code::signalled + by.signal;  // somebody is in a hurry
    }
    co_return code;
}

}  // namespace

int run_program(command_line const& line)
{
    std::signal(SIGPIPE, SIG_IGN);  // a pipe that nobody reads is an error of the write
    asio::io_context io{1};
    try
    {
        context c{io.get_executor(), line.settings};
        int code = exit_code::error;
        bool done = false;
        asio::co_spawn(io, run_and_close(c, line.command), [&](std::exception_ptr failure, int result) {
            if (failure)
                std::rethrow_exception(failure);
            code = result;
            done = true;
        });
        while (!done && io.run_one() != 0)
        {
        }
        return code;
    }
    catch (std::invalid_argument const& e)
    {
        complain(e.what());
        return exit_code::usage;
    }
}

}  // namespace coterie::cli
