// Operations that are answered without a way to the store, called from handlers: not from inside the call, however often.
#include "group_world.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_stack, world)

BOOST_AUTO_TEST_CASE(a_loop_of_them_leaves_the_stack_each_time)
{
    auto& a = make("a");
    auto const held = ok(a->async_try_lock("l"));
    int tries = 0;
    auto const loop = [&]() -> asio::awaitable<void> {
        for (; tries < 100'000; ++tries)
        {
            auto const refused = co_await a->async_try_lock("l");
            if (refused)
                break;
        }
    };
    asio::co_spawn(a.io, loop(), [](std::exception_ptr) {});
    run_until([&] { return tries == 100'000; }, 1s);
    BOOST_TEST(tries == 100'000);
}

BOOST_AUTO_TEST_SUITE_END()
