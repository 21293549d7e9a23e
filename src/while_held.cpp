#include <coterie/detail/while_held.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>

namespace coterie::detail {
namespace {

auto not_to_be_cancelled()
{
    return asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::as_tuple(asio::use_awaitable));
}

}  // namespace

asio::awaitable<error_code> give_back(lock& held)
{
    auto const [ec] = co_await held.async_release(not_to_be_cancelled());
    co_return ec;
}

asio::awaitable<error_code> give_back(leadership& held)
{
    auto const [ec] = co_await held.async_resign(not_to_be_cancelled());
    co_return ec;
}

asio::awaitable<void> take_cancellations()
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
}

asio::awaitable<void> stop_if_cancelled()
{
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error{asio::error::operation_aborted};
}

}  // namespace coterie::detail
