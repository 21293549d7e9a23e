// The clocks of real programs.
#include "src/clock/portable_clock.hpp"

#include <coterie/clock.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

using maker = std::shared_ptr<coterie::clock> (*)(asio::any_io_executor);

std::shared_ptr<coterie::clock> make_portable(asio::any_io_executor executor)
{
    return std::make_shared<coterie::portable_clock>(std::move(executor));
}

// They keep one contract.
maker const real_clocks[] = {&coterie::make_clock, &make_portable};

}  // namespace

BOOST_AUTO_TEST_SUITE(real_clock)

BOOST_AUTO_TEST_CASE(fires_in_order_and_lets_run_return)
{
    for (auto const make : real_clocks)
    {
        asio::io_context io;
        auto const clock = make(io.get_executor());
        std::vector<int> fired;
        auto const begin = clock->now();
        clock->schedule(begin + 3ms, asio::bind_executor(io, [&] { fired.push_back(3); }));
        clock->schedule(begin - 1h, asio::bind_executor(io, [&] { fired.push_back(0); }));
        clock->schedule(begin + 1ms, asio::bind_executor(io, [&] { fired.push_back(1); }));
        BOOST_TEST(fired.empty());
        io.run();
        BOOST_TEST((fired == std::vector{0, 1, 3}));
        BOOST_TEST((clock->now() >= begin + 3ms));
    }
}

BOOST_AUTO_TEST_CASE(cancel_invokes_at_once_but_not_inside)
{
    for (auto const make : real_clocks)
    {
        asio::io_context io;
        auto const clock = make(io.get_executor());
        int fired = 0;
        auto const begin = clock->now();
        auto const id = clock->schedule(begin + 1h, asio::bind_executor(io, [&] { ++fired; }));
        asio::post(io, [&] {
            clock->cancel(id);
            BOOST_TEST(fired == 0);
        });
        io.run();  // returns: no wait is left behind
        BOOST_TEST(fired == 1);
        clock->cancel(id);
        clock->cancel(12345);
        io.restart();
        io.run();
        BOOST_TEST(fired == 1);
    }
}

BOOST_AUTO_TEST_CASE(works_again_after_all_were_cancelled)
{
    for (auto const make : real_clocks)
    {
        asio::io_context io;
        auto const clock = make(io.get_executor());
        int fired = 0;
        auto const id = clock->schedule(clock->now() + 1h, asio::bind_executor(io, [&] { ++fired; }));
        clock->cancel(id);
        clock->schedule(clock->now() + 2ms, asio::bind_executor(io, [&] { fired += 10; }));
        io.run();
        BOOST_TEST(fired == 11);
    }
}

BOOST_AUTO_TEST_CASE(timers_outlive_the_clock)
{
    for (auto const make : real_clocks)
    {
        asio::io_context io;
        int fired = 0;
        auto clock = make(io.get_executor());
        clock->schedule(clock->now() + 1ms, asio::bind_executor(io, [&] { ++fired; }));
        clock.reset();
        io.run();
        BOOST_TEST(fired == 1);
    }
}

BOOST_AUTO_TEST_CASE(context_takes_timers_along)
{
    for (auto const make : real_clocks)
    {
        std::optional<asio::io_context> io{std::in_place};
        auto const clock = make(io->get_executor());
        // A handler that owns its clock, and comes back to it when it is destroyed.
        struct owner
        {
            std::shared_ptr<coterie::clock> clock;
            ~owner() { clock->cancel(1); }
        };
        auto owned = std::make_shared<owner>();
        owned->clock = clock;
        std::weak_ptr<owner> const seen = owned;
        clock->schedule(clock->now() + 1h, asio::bind_executor(*io, [owned = std::move(owned)] {}));
        BOOST_TEST(!seen.expired());
        io.reset();
        BOOST_TEST(seen.expired());
    }
}

BOOST_AUTO_TEST_CASE(many_threads)
{
    for (auto const make : real_clocks)
    {
        asio::thread_pool pool{3};
        auto const clock = make(pool.get_executor());
        std::atomic<int> fired = 0;
        for (int i = 0; i < 300; ++i)
            asio::post(pool, [&, i] {
                auto const when = clock->now() + std::chrono::microseconds{i % 7 * 300};
                auto const id = clock->schedule(when, asio::bind_executor(pool.get_executor(), [&] { ++fired; }));
                if (i % 3 == 0)
                    clock->cancel(id);
            });
        pool.join();
        BOOST_TEST(fired == 300);
    }
}

BOOST_AUTO_TEST_SUITE_END()
