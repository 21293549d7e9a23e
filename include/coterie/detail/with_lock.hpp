// A body that runs while a lock is held, and is cancelled when it is lost.
#ifndef COTERIE_DETAIL_WITH_LOCK_HPP
#define COTERIE_DETAIL_WITH_LOCK_HPP

#include <coterie/error.hpp>
#include <coterie/lock.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace coterie::detail {

template <class Body>
using body_result = typename std::invoke_result_t<Body&, lock const&>::value_type;

// void has no values to keep.
template <class Result>
using kept_result = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

template <class Body>
asio::awaitable<void> run_body(Body& body, lock const& held, std::optional<kept_result<body_result<Body>>>& result)
{
    if constexpr (std::is_void_v<body_result<Body>>)
    {
        co_await body(held);
        result.emplace();
    }
    else
    {
        result.emplace(co_await body(held));
    }
}

// Cancelled: the body is, and what comes of it comes through. `acquire` starts the acquisition with a completion token.
template <class Acquire, class Body>
asio::awaitable<body_result<Body>> with_lock(Acquire acquire, Body body)
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto const executor = co_await asio::this_coro::executor;
    auto held = co_await acquire(asio::use_awaitable);

    std::optional<kept_result<body_result<Body>>> result;
    co_await asio::this_coro::throw_if_cancelled(false);
    auto both = asio::experimental::make_parallel_group(asio::co_spawn(executor, run_body(body, held, result), asio::deferred),
                                                        held.async_lost(asio::deferred));
    auto const [order, thrown, kept] = co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 1 && !kept)
        throw boost::system::system_error{make_error_code(errc::lost)};

    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto const [released] = co_await held.async_release(asio::as_tuple(asio::use_awaitable));
    if (thrown)
        std::rethrow_exception(thrown);
    if (released == errc::lost)
        throw boost::system::system_error{released};
    if constexpr (!std::is_void_v<body_result<Body>>)
        co_return std::move(*result);
}

}  // namespace coterie::detail

#endif
