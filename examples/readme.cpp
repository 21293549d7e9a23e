#include <coterie/coterie.hpp>

#include <boost/asio.hpp>
#include <cstdio>

namespace asio = boost::asio;

asio::awaitable<void> work(std::string url)
{
    auto executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector group{client, {.group_name = "workers"}};

    co_await group.async_join("ann", "10.0.0.7:8080");
    for (auto const& member : co_await group.async_members())
        std::printf("%s at %s\n", member.name.c_str(), member.value.c_str());
    if (auto lock = co_await group.async_try_lock("report"))
        std::printf("ann makes the report, with fence %ju\n", std::uintmax_t{lock->fence()});
    co_await group.async_close();
}

int main(int argc, char** argv)
{
    asio::io_context io;
    auto done = asio::co_spawn(io, work(argc > 1 ? argv[1] : "memory:"), asio::use_future);
    io.run();
    done.get();
}
