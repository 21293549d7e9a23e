#include "lock_returns.hpp"

#include <algorithm>

namespace coterie::session {

// In the name of the session of the moment, or of one that is gone.
store::withdraw lock_returns::withdrawal(store::session_id const& session, std::uint64_t place) const
{
    auto const& now = session_.who();
    return {session == now.session ? now : store::caller{session, 0}, place};
}

task<outcome<bool>> lock_returns::give_back(store::claim claim, std::shared_ptr<caller_base> asking)
{
    outcome<bool> result;
    for (;;)
    {
        outcome<bool> tried;
        if (claim.place == 0)
        {
            store::unlock operation;
            operation.held = claim;
            auto unlocked = co_await session_.call(operation, asking, persistence::settled);
            if (!unlocked.ec && unlocked.value.waited)
            {
                operation.hand_over = true;
                unlocked = co_await session_.call(operation, asking, persistence::settled);
            }
            tried.ec = unlocked.ec;
            tried.value = unlocked.value.released || unlocked.maybe_before;
        }
        else if (claim.session == session_.who().session)
        {
            store::withdraw operation;
            operation.place = claim.place;
            auto const withdrawn = co_await session_.call(operation, asking, persistence::settled);
            if (!withdrawn.ec && withdrawn.who.session != claim.session)
                continue;  // the session was lost on the way
            tried.ec = withdrawn.ec;
            tried.value = withdrawn.value.held || withdrawn.maybe_before;
        }
        else if (claim.fixed)
        {
            auto const operation = withdrawal(claim.session, claim.place);
            auto const withdrawn = co_await session_.call(operation, asking, persistence::settled, true);
            tried.ec = withdrawn.ec;
            tried.value = withdrawn.value.held || withdrawn.maybe_before;
        }
        if (!result.ec)
            result.ec = tried.ec;
        result.value = tried.value;
        if (tried.ec == errc::closed)
            leave_behind(claim);
        if (!tried.ec || tried.ec == errc::closed)
            co_return result;
        if (asking)
            asking->fail(tried.ec);
        asking.reset();
        if (tried.ec != errc::not_connected && tried.ec != asio::error::operation_aborted)
            co_await session_.pause();  // the server said no: a replica, a slow script, a full disk
    }
}

task<> lock_returns::withdraw(std::uint64_t place)
{
    for (;;)
    {
        store::withdraw operation;
        operation.place = place;
        auto const withdrawn = co_await session_.call(operation, nullptr, persistence::settled);
        if (withdrawn.ec == errc::closed)
            leave_behind_place(place);
        if (!withdrawn.ec || withdrawn.ec == errc::closed)
            co_return;
        co_await session_.pause();
    }
}

task<bool> lock_returns::withdraw_past(std::uint64_t place)
{
    bool held = false;
    for (auto const& session : std::deque{session_.past()})
        for (bool done = false; !done;)
        {
            auto const operation = withdrawal(session, place);
            auto const withdrawn = co_await session_.call(operation, nullptr, persistence::settled, true);
            if (withdrawn.ec == errc::closed)
            {
                leave_behind_place(place);
                co_return held;
            }
            held = held || withdrawn.value.held;
            done = !withdrawn.ec;
            if (!done)
                co_await session_.pause();
        }
    co_return held;
}

task<error_code> lock_returns::give_back_once(store::claim claim)
{
    if (claim.place == 0)
    {
        store::unlock operation;
        operation.held = claim;
        operation.hand_over = true;
        auto const unlocked = co_await submit(hub_, session_.group(), std::move(operation));
        co_return unlocked.ec;
    }
    auto operation = withdrawal(claim.session, claim.place);
    auto const withdrawn = co_await submit(hub_, session_.group(), std::move(operation));
    co_return withdrawn.ec;
}

void lock_returns::leave_behind(store::claim const& claim)
{
    if (claim.fixed)
        leftovers_.push_back({claim.session, claim.place});
}

void lock_returns::leave_behind_place(std::uint64_t place)
{
    leftovers_.push_back({session_.who().session, place});
    for (auto const& session : session_.past())
        leftovers_.push_back({session, place});
}

task<> lock_returns::close(std::string const& group, core::local_time until)
{
    while (!leftovers_.empty() && hub_.now() < until)
    {
        auto operation = withdrawal(leftovers_.back().session, leftovers_.back().place);
        auto const withdrawn = co_await submit(hub_, group, std::move(operation));
        if (withdrawn.ec)
            co_await hub_.link_changed().wait(std::min(until, hub_.now() + core::backoff::base));
        else
            leftovers_.pop_back();
    }
}

}  // namespace coterie::session
