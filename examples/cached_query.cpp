// A slow query behind a cache: 1,000 callers at once, in each of two programs, and the query runs once.
//
//     cached_query                            two clients in one process
//     cached_query redis://127.0.0.1:6379     one client; start it twice at the same time
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct shop
{
    coterie::memo cache;
    int queries = 0;
    int answers = 0;

    // What must not be asked a thousand times at once.
    asio::awaitable<coterie::memo_result> query()
    {
        ++queries;
        asio::steady_timer time{co_await asio::this_coro::executor, 1s};
        co_await time.async_wait(asio::use_awaitable);
        co_return coterie::memo_result{.value = "42 in stock", .ttl = 1min};
    }

    asio::awaitable<void> serve_a_request()
    {
        auto const stock = co_await cache.async_get(
            "stock:kettle", 30s, [this] { return query(); }, asio::use_awaitable);
        answers += stock == "42 in stock" ? 1 : 0;
    }
};

int main(int argc, char** argv)
try
{
    constexpr int callers = 1000;
    asio::io_context io;
    std::string const url = argc > 1 ? argv[1] : "memory:shop";
    int const programs = argc > 1 ? 1 : 2;
    std::vector<std::unique_ptr<shop>> shops;
    for (int i = 0; i < programs; ++i)
    {
        coterie::client client{io.get_executor(), url};
        shops.push_back(std::make_unique<shop>(shop{coterie::memo{client, {.tag = "example-shop"}}}));
    }
    for (auto const& each : shops)
        for (int i = 0; i < callers; ++i)
            asio::co_spawn(io, each->serve_a_request(), [](std::exception_ptr error) {
                if (error)
                    std::rethrow_exception(error);
            });
    int queries = 0;
    int answers = 0;
    auto const answered = [&] {
        answers = 0;
        for (auto const& each : shops)
            answers += each->answers;
        return answers == programs * callers;
    };
    while (!answered() && io.run_one() != 0)
        continue;
    for (auto const& each : shops)
        queries += each->queries;
    fmt::print("{} answers, {} queries\n", answers, queries);
    return argc > 1 || queries == 1 ? 0 : 1;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
