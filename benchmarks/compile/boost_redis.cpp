// B15: the same with Boost.Redis itself.
#include <boost/redis/connection.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>

boost::asio::awaitable<void> call(boost::redis::connection& connection)
{
    boost::redis::request request;
    request.push("SET", "job", "owner", "NX", "PX", "30000");
    boost::redis::response<std::string> reply;
    co_await connection.async_exec(request, reply);
}
