// B15: what it takes to compile the umbrella header and one call.
#include <coterie/coterie.hpp>

boost::asio::awaitable<void> call(coterie::group_connector& group)
{
    auto const held = co_await group.async_lock("job");
}
