// Runs the coroutine of a test to its end. One that does not end fails, with a message, instead of hanging.
#ifndef COTERIE_TEST_SUPPORT_RUN_HPP
#define COTERIE_TEST_SUPPORT_RUN_HPP

#include "test_store.hpp"

#include <coterie/testing.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

namespace coterie::test {

namespace detail {

struct ending
{
    bool reached = false;
    std::exception_ptr error;
};

inline std::shared_ptr<ending> start(boost::asio::io_context& io, boost::asio::awaitable<void> body)
{
    auto const end = std::make_shared<ending>();
    boost::asio::co_spawn(io, std::move(body), [end](std::exception_ptr error) {
        end->reached = true;
        end->error = std::move(error);
    });
    return end;
}

inline void look_at(ending const& end)
{
    BOOST_REQUIRE_MESSAGE(end.reached, "the body of the test did not end in time");
    if (end.error)
        std::rethrow_exception(end.error);
}

}  // namespace detail

// In real time.
inline void run(boost::asio::io_context& io, boost::asio::awaitable<void> body, std::chrono::milliseconds limit = std::chrono::seconds{30})
{
    auto const end = detail::start(io, std::move(body));
    auto const until = std::chrono::steady_clock::now() + limit * slowdown();
    io.restart();
    while (!end->reached && std::chrono::steady_clock::now() < until && !io.stopped())
        io.run_one_until(until);
    detail::look_at(*end);
}

// In virtual time, which may go on for so long.
inline void run(boost::asio::io_context& io, testing::virtual_clock& clock, boost::asio::awaitable<void> body,
                clock::duration limit = std::chrono::hours{1})
{
    auto const end = detail::start(io, std::move(body));
    clock.run_until(
        io, [&] { return end->reached; }, limit);
    detail::look_at(*end);
}

}  // namespace coterie::test

#endif
