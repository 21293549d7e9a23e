#include "worker_process.hpp"

#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <exception>

namespace coterie::chaos {
namespace {

void say(char const* word)
{
    fmt::print("{}\n", word);
    std::fflush(stdout);
}

asio::awaitable<void> obey(asio::io_context& io, worker_settings const& settings)
{
    asio::signal_set signals{io, SIGUSR1, SIGUSR2, SIGTERM};
    say("listens");
    worker me{io, settings};
    me.begin();
    while (!me.closing())
    {
        auto const number = co_await signals.async_wait();
        if (number == SIGTERM)
        {
            co_await me.close();
        }
        else if (number == SIGUSR1)
        {
            co_await me.rest();
            say("rests");
        }
        else
        {
            co_await me.show();
            say("viewed");
        }
    }
    me.log.tell("ends");
}

}  // namespace

void run_worker(worker_settings const& settings)
{
    asio::io_context io{1};
    asio::co_spawn(io, obey(io, settings), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    io.run();
}

}  // namespace coterie::chaos
