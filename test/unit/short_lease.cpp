// A lock whose term is over before its grant has arrived.
#include "test/support/run.hpp"

#include <coterie/coterie.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace testing = coterie::testing;
using namespace std::chrono_literals;

struct slow_world
{
    slow_world()
    {
        server.on_request([](testing::request const&) {
            testing::request_fault fault;
            fault.delay = 3ms;
            return fault;
        });
    }

    asio::io_context io;
    std::shared_ptr<testing::virtual_clock> clock = std::make_shared<testing::virtual_clock>();
    testing::memory_server server{clock};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(short_lease, slow_world)

BOOST_AUTO_TEST_CASE(it_is_an_error_in_the_end_and_not_held)
{
    auto const body = [this]() -> asio::awaitable<void> {
        coterie::client client{io.get_executor(), server.url(), {.timeout = 500ms, .clock = clock}};
        coterie::group_connector group{client};
        auto const begun = clock->now();
        auto const [error, lock] = co_await group.async_try_lock("l", {.lease = 3ms}, asio::as_tuple);
        BOOST_TEST((error == coterie::errc::lost));
        BOOST_TEST(!lock);
        BOOST_TEST((clock->now() - begun < 1s));
        auto const info = co_await group.async_inspect("l");
        BOOST_TEST(!info);
        co_await group.async_close();
    };
    coterie::test::run(io, *clock, body(), 1min);
}

BOOST_AUTO_TEST_CASE(one_that_is_long_enough_is_held)
{
    auto const body = [this]() -> asio::awaitable<void> {
        coterie::client client{io.get_executor(), server.url(), {.clock = clock}};
        coterie::group_connector group{client};
        auto const lock = co_await group.async_try_lock("l", {.lease = 20ms});
        BOOST_TEST_REQUIRE(lock.has_value());
        BOOST_TEST((lock->state() == coterie::lock_state::held));
        co_await group.async_close();
    };
    coterie::test::run(io, *clock, body(), 1min);
}

BOOST_AUTO_TEST_SUITE_END()
