#include "supervise.hpp"

#include "exit_code.hpp"
#include "output.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancel_after.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace coterie::cli {

std::variant<std::unique_ptr<child>, int> start_program(asio::any_io_executor executor, std::vector<std::string> const& words,
                                                        child_options const& options)
{
    try
    {
        return std::make_unique<child>(std::move(executor), words, options);
    }
    catch (std::system_error const& e)
    {
        complain(fmt::format("cannot run {}", e.what()));
        return e.code().value() == ENOENT ? exit_code::not_found : exit_code::cannot_execute;
    }
}

asio::awaitable<int> until_ended(child& program, stop_signals& signals)
{
    for (;;)
    {
        try
        {
            co_return co_await signals.unless_stopped(program.wait());
        }
        catch (interrupted const& by)
        {
            signals.note(by.signal);
            program.forward(by.signal);
        }
    }
}

asio::awaitable<void> end_program(child& program, std::chrono::milliseconds grace)
{
    program.send(SIGTERM);
    auto const executor = co_await asio::this_coro::executor;
    auto [failure, code] = co_await asio::co_spawn(executor, program.wait(),
                                                   asio::cancel_after(grace, asio::as_tuple(asio::use_awaitable)));
    if (!failure)
        co_return;
    program.send(SIGKILL);
    co_await program.wait();
}

}  // namespace coterie::cli
