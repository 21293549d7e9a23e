// The smallest program that uses coterie: it joins a group in memory and finds itself there.
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <cstddef>

namespace asio = boost::asio;

asio::awaitable<std::size_t> join_and_count()
{
    auto executor = co_await asio::this_coro::executor;
    coterie::client client{executor, "memory:"};
    coterie::group_config config;
    config.group_name = "consumers";
    coterie::group_connector group{client, config};
    co_await group.async_join("one");
    auto const members = co_await group.async_members();
    co_await group.async_close();
    co_return members.size();
}

int main()
{
    asio::io_context context;
    auto count = asio::co_spawn(context, join_and_count(), asio::use_future);
    context.run();
    return count.get() == 1 ? 0 : 1;
}
