// The clock of tests.
#include <coterie/testing.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using coterie::error_code;
using coterie::testing::virtual_clock;

BOOST_AUTO_TEST_SUITE(virtual_time)

BOOST_AUTO_TEST_CASE(starts_where_it_says_and_moves_when_told)
{
    virtual_clock clock;
    auto const begin = clock.now();
    BOOST_TEST((clock.wall() == std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}));
    clock.advance(90s);
    clock.advance(-10s);
    BOOST_TEST((clock.now() == begin + 90s));
    BOOST_TEST((clock.wall() == std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 90s));
    clock.step_wall(-1h);
    BOOST_TEST((clock.now() == begin + 90s));
    BOOST_TEST((clock.wall() == std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 90s - 1h));
    BOOST_TEST(!clock.advance_to_next());
}

BOOST_AUTO_TEST_CASE(run_jumps_from_timer_to_timer)
{
    asio::io_context io;
    virtual_clock clock;
    auto const begin = clock.now();
    std::vector<std::chrono::nanoseconds> fired;
    auto const note = [&] { fired.push_back(clock.now() - begin); };
    clock.schedule(begin + 2h, asio::bind_executor(io, note));
    clock.schedule(begin + 1h, asio::bind_executor(io, [&] {
                       note();
                       clock.schedule(clock.now() + 30min, asio::bind_executor(io, note));
                   }));
    clock.run(io);
    BOOST_TEST((fired == std::vector<std::chrono::nanoseconds>{1h, 90min, 2h}));
    BOOST_TEST(clock.timers() == 0);
}

BOOST_AUTO_TEST_CASE(run_for_takes_exactly_its_time)
{
    asio::io_context io;
    virtual_clock clock;
    auto const begin = clock.now();
    int fired = 0;
    clock.schedule(begin + 10s, asio::bind_executor(io, [&] { ++fired; }));
    clock.schedule(begin + 10s + 1ns, asio::bind_executor(io, [&] { ++fired; }));
    clock.run_for(io, 10s);
    BOOST_TEST(fired == 1);
    BOOST_TEST((clock.now() == begin + 10s));
    clock.run_for(io, 1s);
    BOOST_TEST(fired == 2);
}

BOOST_AUTO_TEST_CASE(run_until_stops_at_the_condition_or_the_limit)
{
    asio::io_context io;
    virtual_clock clock;
    auto const begin = clock.now();
    int fired = 0;
    std::function<void()> again = [&] {
        ++fired;
        clock.schedule(clock.now() + 1s, asio::bind_executor(io, again));
    };
    again();
    BOOST_TEST(clock.run_until(io, [&] { return fired == 5; }));
    BOOST_TEST((clock.now() == begin + 4s));
    BOOST_TEST(!clock.run_until(
        io, [&] { return fired == 500; }, 10s));
    BOOST_TEST(fired == 15);
}

BOOST_AUTO_TEST_CASE(cancel_does_not_invoke_inside)
{
    asio::io_context io;
    virtual_clock clock;
    int fired = 0;
    auto const id = clock.schedule(clock.now() + 1h, asio::bind_executor(io, [&] { ++fired; }));
    asio::post(io, [&] {
        clock.cancel(id);
        BOOST_TEST(fired == 0);
    });
    auto const begin = clock.now();
    clock.run(io);
    BOOST_TEST(fired == 1);
    BOOST_TEST((clock.now() == begin));
}

BOOST_AUTO_TEST_CASE(cancel_without_a_context_waits_for_the_next_step)
{
    asio::io_context io;
    virtual_clock clock;
    int fired = 0;
    clock.cancel(clock.schedule(clock.now() + 1h, asio::bind_executor(io, [&] { ++fired; })));
    BOOST_TEST(clock.advance_to_next());
    io.run();
    BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(context_takes_timers_along)
{
    auto const clock = std::make_shared<virtual_clock>();
    auto owned = std::make_shared<std::shared_ptr<virtual_clock>>(clock);
    std::weak_ptr<std::shared_ptr<virtual_clock>> const seen = owned;
    {
        asio::io_context io;
        clock->run(io);
        clock->schedule(clock->now() + 1h, asio::bind_executor(io, [owned = std::move(owned)] {}));
        BOOST_TEST(!seen.expired());
    }
    BOOST_TEST(seen.expired());
}

BOOST_AUTO_TEST_CASE(sleep_ends_and_can_be_cancelled)
{
    asio::io_context io;
    auto const clock = std::make_shared<virtual_clock>();
    auto const begin = clock->now();
    std::vector<error_code> ended;
    asio::cancellation_signal signal;
    coterie::testing::async_sleep(clock, 5s, asio::bind_executor(io, [&](error_code error) { ended.push_back(error); }));
    coterie::testing::async_sleep(
        clock, 1h, asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(io, [&](error_code error) { ended.push_back(error); })));
    BOOST_TEST(ended.empty());
    clock->run_until(io, [&] { return !ended.empty(); });
    BOOST_TEST((clock->now() == begin + 5s));
    signal.emit(asio::cancellation_type::total);
    clock->run(io);
    BOOST_TEST((clock->now() == begin + 5s));
    BOOST_REQUIRE(ended.size() == 2);
    BOOST_TEST(!ended[0]);
    BOOST_TEST((ended[1] == asio::error::operation_aborted));
    signal.emit(asio::cancellation_type::total);
}

BOOST_AUTO_TEST_SUITE_END()
