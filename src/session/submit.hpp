// One operation on its way to the store and back.
#ifndef COTERIE_SRC_SESSION_SUBMIT_HPP
#define COTERIE_SRC_SESSION_SUBMIT_HPP

#include "../core/lease.hpp"
#include "hub.hpp"

#include <boost/asio/deferred.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace coterie::session {

template <class Reply>
struct outcome
{
    error_code ec;
    Reply value{};

    core::local_time sent{};    // of the try that was answered
    store::caller who{};        // under which session it was tried
    std::uint64_t opening = 0;  // ... and after which of its openings
    std::shared_ptr<core::lease> lease{};
    bool maybe_before = false;  // an earlier try may have taken effect
};

// The store holds this, not the coroutine that waits.
struct slip
{
    explicit slip(hub& shared) : answered{shared.strand(), shared.time()} {}

    std::optional<std::pair<error_code, store::reply>> answer{};
    store::parking::place waiting;  // for one who waits for nothing else
    signal answered;                // for others
};

// Several may be under way before the first answer is waited for: they travel together.
std::shared_ptr<slip> send(hub&, std::string group, store::operation);
task<std::pair<error_code, store::reply>> answer_of(std::shared_ptr<slip>);

// One try. Ends within the response timeout.
template <class Operation>
task<outcome<typename Operation::reply>> submit(hub& shared, std::string group, Operation operation)
{
    outcome<typename Operation::reply> result;
    result.sent = shared.now();
    auto const mine = send(shared, std::move(group), std::move(operation));
    if (!mine->answer)
        co_await shared.strand().waiting().async_wait(mine->waiting, asio::deferred);
    result.ec = mine->answer->first;
    if (!result.ec)
        result.value = std::get<typename Operation::reply>(std::move(mine->answer->second));
    co_return result;
}

// Ends when the store has answered the wish to hear the events there: hub::watch.
task<error_code> begin_watch(hub&, void const* who, std::string address);

}  // namespace coterie::session

#endif
