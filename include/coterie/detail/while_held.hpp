// Bodies that run while a lock is held or a role is had, and are cancelled when it is lost.
#ifndef COTERIE_DETAIL_WHILE_HELD_HPP
#define COTERIE_DETAIL_WHILE_HELD_HPP

#include <coterie/election.hpp>
#include <coterie/error.hpp>
#include <coterie/lock.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
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

template <class Body, class Held>
using body_result = typename std::invoke_result_t<Body&, Held const&>::value_type;

// void has no values to keep.
template <class Body, class Held>
using kept_result = std::conditional_t<std::is_void_v<body_result<Body, Held>>, std::monostate, body_result<Body, Held>>;

// Not to be cancelled; and a cancellation that comes meanwhile, or came before, stays on record: see stop_if_cancelled().
asio::awaitable<error_code> give_back(lock& held);
asio::awaitable<error_code> give_back(leadership& held);

// From now on a cancellation ends what is under way, and does not throw by itself: see stop_if_cancelled().
asio::awaitable<void> take_cancellations();

// Throws if one came when nothing was under way.
asio::awaitable<void> stop_if_cancelled();

template <class Held, class Body>
asio::awaitable<void> run_body(Body& body, Held const& held, std::optional<kept_result<Body, Held>>& result)
{
    if constexpr (std::is_void_v<body_result<Body, Held>>)
    {
        co_await body(held);
        result.emplace();
    }
    else
    {
        result.emplace(co_await body(held));
    }
}

// Ends when the body has ended, and the lock is given back. False: it was lost meanwhile, whatever came of the body. Throws errc::closed if it
// was given back meanwhile, by the end of the connector, say. Else an exception of the body comes through. Cancelled: the body is.
template <class Held, class Body>
asio::awaitable<bool> while_held(Held& held, Body& body, std::optional<kept_result<Body, Held>>& result)
{
    auto const executor = co_await asio::this_coro::executor;
    auto both = asio::experimental::make_parallel_group(asio::co_spawn(executor, run_body<Held>(body, held, result), asio::deferred),
                                                        held.async_lost(asio::deferred));
    auto const [order, thrown, kept] = co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] == 1 && !kept)
        co_return false;
    if (order[0] == 1 && kept == errc::closed)
        throw boost::system::system_error{kept};

    auto const released = co_await give_back(held);
    if (released == errc::lost)
        co_return false;
    if (thrown)
        std::rethrow_exception(thrown);
    co_return true;
}

// `acquire` starts the acquisition with a completion token.
template <class Acquire, class Body>
asio::awaitable<body_result<Body, lock>> with_lock(Acquire acquire, Body body)
{
    co_await take_cancellations();
    lock held = co_await acquire(asio::use_awaitable);
    co_await stop_if_cancelled();
    std::optional<kept_result<Body, lock>> result;
    if (!co_await while_held(held, body, result))
        throw boost::system::system_error{make_error_code(errc::lost)};
    if constexpr (!std::is_void_v<body_result<Body, lock>>)
        co_return std::move(*result);
}

// Campaigns, leads, and campaigns again when that was lost, until the body has ended as the leader.
template <class Campaign, class Body>
asio::awaitable<body_result<Body, leadership>> lead(Campaign campaign, Body body)
{
    co_await take_cancellations();
    for (;;)
    {
        co_await stop_if_cancelled();
        auto [failed, term] = co_await campaign(asio::as_tuple(asio::use_awaitable));
        co_await stop_if_cancelled();
        if (failed == errc::not_connected || failed == errc::outcome_unknown || failed == errc::lost)
            continue;  // each of these took its time
        if (failed)
            throw boost::system::system_error{failed};
        std::optional<kept_result<Body, leadership>> result;
        if (!co_await while_held(term, body, result))
            continue;
        if constexpr (std::is_void_v<body_result<Body, leadership>>)
            co_return;
        else
            co_return std::move(*result);
    }
}

}  // namespace coterie::detail

#endif
