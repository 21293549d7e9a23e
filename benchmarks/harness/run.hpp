// Runs coroutines to their end, whatever else the context has to do; an exception of one of them ends all.
#ifndef COTERIE_BENCHMARKS_HARNESS_RUN_HPP
#define COTERIE_BENCHMARKS_HARNESS_RUN_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

namespace coterie::benchmarks {

namespace asio = boost::asio;

class crew
{
public:
    explicit crew(asio::io_context& io) : io_{io} {}

    void add(asio::awaitable<void> what)
    {
        ++working_;
        asio::co_spawn(io_, std::move(what), [this](std::exception_ptr failed) {
            if (failed)
                std::rethrow_exception(failed);
            if (--working_ == 0)
                io_.stop();
        });
    }

    void finish()
    {
        io_.restart();
        if (working_ > 0)
            io_.run();
    }

private:
    asio::io_context& io_;
    std::size_t working_ = 0;
};

inline void run(asio::io_context& io, asio::awaitable<void> what)
{
    crew one{io};
    one.add(std::move(what));
    one.finish();
}

// Until one of them has ended; the other one goes no further.
inline void run_any(asio::io_context& io, asio::awaitable<void> one, asio::awaitable<void> other)
{
    using namespace asio::experimental::awaitable_operators;
    run(io, [](asio::awaitable<void> a, asio::awaitable<void> b) -> asio::awaitable<void> {
        co_await (std::move(a) || std::move(b));
    }(std::move(one), std::move(other)));
}

// what(i) for each i below `count`, `at_once` of them at a time.
template <class What>
void run_each(asio::io_context& io, std::uint64_t count, std::uint64_t at_once, What const& what)
{
    std::uint64_t next = 0;
    auto const one_after_another = [&]() -> asio::awaitable<void> {
        while (next < count)
            co_await what(next++);
    };
    crew all{io};
    for (std::uint64_t i = 0; i < at_once; ++i)
        all.add(one_after_another());
    all.finish();
}

inline asio::awaitable<void> async_sleep(std::chrono::nanoseconds time)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace coterie::benchmarks

#endif
