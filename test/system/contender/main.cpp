// One of many who want the same lock: contender URL PROCESSES ACQUISITIONS FILE
// Waits until so many processes are there, then takes the lock so many times, and writes each fence into FILE while it holds it. A folder
// beside FILE that can be made only once tells whether two are inside.
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace asio = boost::asio;

static asio::awaitable<void> contend(std::string url, std::size_t processes, int acquisitions, std::string file)
{
    auto const me = std::to_string(getpid());
    coterie::client client{co_await asio::this_coro::executor, url};
    coterie::group_connector group{client, {.group_name = "g", .member = me}};
    auto events = co_await group.async_watch();
    co_await group.async_join();
    std::size_t here = 0;
    while (here < processes)
    {
        auto const change = co_await events.async_next();
        here += change->joined.size();
    }
    for (int i = 0; i < acquisitions; ++i)
    {
        auto held = co_await group.async_lock("l");
        if (!std::filesystem::create_directory(file + ".inside"))
            throw std::runtime_error{"two are inside"};
        std::ofstream{file, std::ios::app} << me << ' ' << held.fence() << '\n';
        std::filesystem::remove(file + ".inside");
        co_await held.async_release();
    }
    co_await group.async_close();
}

int main(int argc, char** argv)
try
{
    if (argc != 5)
        throw std::invalid_argument{"contender URL PROCESSES ACQUISITIONS FILE"};
    asio::io_context io{1};
    std::exception_ptr thrown;
    asio::co_spawn(io, contend(argv[1], std::stoul(argv[2]), std::stoi(argv[3]), argv[4]),
                   [&](std::exception_ptr error) { thrown = error; });
    io.run();
    if (thrown)
        std::rethrow_exception(thrown);
    return 0;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "contender: {}\n", error.what());
    return 1;
}
