// The signals that ask this program to end: SIGINT, SIGTERM, and SIGHUP unless it is ignored (nohup).
#ifndef COTERIE_SRC_CLI_STOP_SIGNALS_HPP
#define COTERIE_SRC_CLI_STOP_SIGNALS_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace coterie::cli {

namespace asio = boost::asio;

// A signal came before the work was done.
struct interrupted
{
    int signal = 0;
};

class stop_signals
{
public:
    explicit stop_signals(asio::any_io_executor executor) : set_{std::move(executor), SIGINT, SIGTERM}
    {
        struct sigaction hang_up
        {
        };
        if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
            set_.add(SIGHUP);
    }

    // Waits for a signal, forever if need be.
    asio::awaitable<int> next()
    {
        if (pending_)
            co_return *std::exchange(pending_, std::nullopt);
        co_return co_await set_.async_wait(asio::use_awaitable);
    }

    // Somebody who was asked to end went on until now: he must not begin anything anew.
    void note(int signal) { noted_ = signal; }
    std::optional<int> noted() const { return noted_; }

    // Does the work; if a signal comes first, the work is cancelled, and `interrupted` thrown when it has ended. The result type
    // needs a default constructor.
    template <class T>
    asio::awaitable<T> unless_stopped(asio::awaitable<T> work)
    {
        if (pending_)
            throw interrupted{*std::exchange(pending_, std::nullopt)};

        auto executor = set_.get_executor();
        auto both = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(work), asio::deferred),
                                                            set_.async_wait(asio::deferred));
        auto [order, failure, result, no_signal, signal] = co_await std::move(both).async_wait(asio::experimental::wait_for_one(),
                                                                                               asio::use_awaitable);
        if (order[0] == 1 && !no_signal)
            throw interrupted{signal};
        if (!no_signal)
            pending_ = signal;  // both at once: it counts for what comes next
        if (failure)
            std::rethrow_exception(failure);
        co_return std::move(result);
    }

    asio::awaitable<void> unless_stopped(asio::awaitable<void> work) { co_await unless_stopped(with_result(std::move(work))); }

private:
    static asio::awaitable<std::monostate> with_result(asio::awaitable<void> work)
    {
        co_await std::move(work);
        co_return std::monostate{};
    }

    asio::signal_set set_;
    std::optional<int> pending_;
    std::optional<int> noted_;
};

}  // namespace coterie::cli

#endif
