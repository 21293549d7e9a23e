#include "lock_returns.hpp"

#include <algorithm>

namespace coterie::session {

task<outcome<bool>> lock_returns::give_back(store::claim claim, std::shared_ptr<caller_base> asking)
{
    outcome<bool> result;
    store::unlock operation;
    operation.held = claim;
    for (;;)
    {
        auto const unlocked = co_await session_.call(operation, asking, persistence::settled);
        if (!result.ec)
            result.ec = unlocked.ec;
        result.value = unlocked.value.released || unlocked.maybe_before;
        if (unlocked.ec == errc::closed)
            leave_behind(claim);
        if (!unlocked.ec || unlocked.ec == errc::closed)
            co_return result;
        if (asking)
            asking->fail(unlocked.ec);
        asking.reset();
        if (unlocked.ec != errc::not_connected && unlocked.ec != asio::error::operation_aborted)
            co_await session_.pause();  // the server said no: a replica, a slow script, a full disk
    }
}

task<bool> lock_returns::give_back_orphan(std::string name, std::string owner)
{
    store::inspect operation;
    operation.name = name;
    for (;;)
    {
        auto const seen = co_await session_.call(operation, nullptr, persistence::settled);
        if (seen.ec == errc::closed)
            leave_behind_unknown(name, owner);
        if (seen.ec == errc::closed || (!seen.ec && !is_orphan(seen.value.holder, owner)))
            co_return false;
        if (!seen.ec)
        {
            auto const returned = co_await give_back(*seen.value.holder, nullptr);
            co_return returned.value;
        }
        co_await session_.pause();
    }
}

task<error_code> lock_returns::give_back_strays(std::string const& group)
{
    while (!strays_.empty())
    {
        store::unlock operation;
        operation.held = strays_.back();
        auto const unlocked = co_await submit(hub_, group, std::move(operation));
        if (unlocked.ec)
            co_return unlocked.ec;
        strays_.pop_back();
    }
    co_return error_code{};
}

task<> lock_returns::close(std::string const& group, core::local_time until)
{
    for (; !unknown_.empty() && hub_.now() < until; unknown_.pop_back())
    {
        if (auto const found = co_await find_orphan(group, unknown_.back(), until))
            leftovers_.push_back(*found);
    }

    std::erase_if(leftovers_, [](store::claim const& claim) { return !claim.fixed; });
    while (!leftovers_.empty() && hub_.now() < until)
    {
        store::unlock operation;
        operation.held = leftovers_.back();
        auto const unlocked = co_await submit(hub_, group, std::move(operation));
        if (unlocked.ec)
            co_await hub_.link_changed().wait(std::min(until, hub_.now() + core::backoff::base));
        else
            leftovers_.pop_back();
    }
}

bool lock_returns::is_orphan(std::optional<store::claim> const& holder, std::string const& owner) const
{
    return holder && holder->fixed && holder->owner == owner && session_.was(holder->session);
}

task<std::optional<store::claim>> lock_returns::find_orphan(std::string const& group, attempt what, core::local_time until)
{
    while (hub_.now() < until)
    {
        store::inspect operation;
        operation.name = what.name;
        auto const seen = co_await submit(hub_, group, std::move(operation));
        if (!seen.ec)
            co_return is_orphan(seen.value.holder, what.owner) ? seen.value.holder : std::nullopt;
        co_await hub_.link_changed().wait(std::min(until, hub_.now() + core::backoff::base));
    }
    co_return std::nullopt;
}

}  // namespace coterie::session
