#include "lock_table.hpp"

#include <algorithm>

namespace coterie::session {

lock_table::lock_table(hub& shared, session& owner, std::function<std::shared_ptr<void>()> keep_alive)
    : hub_{shared}
    , session_{owner}
    , keep_alive_{std::move(keep_alive)}
    , turns_{shared.strand(), shared.time()}
{
}

lock_table::held_ptr lock_table::find(std::string_view name, std::string_view owner) const
{
    auto const found = held_.find(name);
    if (found == held_.end() || found->second->claim().owner != owner || found->second->state() == core::lease_state::lost)
        return nullptr;
    return found->second;
}

task<outcome<lock_table::held_ptr>> lock_table::try_acquire(wish wanted, std::shared_ptr<caller_base> asking)
{
    outcome<held_ptr> result;
    auto const turn = co_await turns_.enter(wanted.name, asking->deadline);
    if (!turn)
    {
        result.ec = errc::not_connected;
        co_return result;
    }

    while (!asking->gone())
    {
        if (auto const known = held_.find(wanted.name); known != held_.end())
        {
            auto const held = known->second;
            if (held->state() != core::lease_state::lost)
            {
                if (wanted.reentrant && held->claim().owner == wanted.owner)
                {
                    ++held->holds;
                    result.value = held;
                }
                co_return result;
            }
            // Over here, perhaps not in the store: what is there must go first, or it would be taken for this try.
            lose(held);
            co_await give_back(held->claim());
            forget(held);
            continue;
        }

        store::lock operation;
        operation.name = wanted.name;
        operation.owner = wanted.owner;
        operation.term = wanted.term.value_or(std::chrono::milliseconds::zero());
        auto const locked = co_await session_.call(std::move(operation), asking, persistence::settled);
        result.ec = locked.ec;
        if (locked.ec && locked.maybe_before && locked.ec != errc::closed)
            spawn(hub_.strand(), [this, alive = keep_alive_(), wanted] { return settle(wanted); });
        if (locked.ec || !locked.value.granted)
            co_return result;

        fence_floor_ = std::max(fence_floor_, locked.value.fence);
        store::claim const claim{wanted.name, wanted.owner, locked.who.session, locked.value.fence, wanted.term.has_value()};
        auto const lease = wanted.term ? std::make_shared<core::lease>(locked.sent, *wanted.term, core::duration::zero()) : locked.lease;
        if (lease->state(hub_.now()) == core::lease_state::lost)
        {
            co_await give_back(claim);  // it was lost on the way here
            if (hub_.now() < asking->deadline)
                continue;
            result.ec = errc::lost;  // a term shorter than the way will be lost each time
            co_return result;
        }
        if (asking->gone())
        {
            co_await give_back(claim);
            break;
        }
        if (locked.who.generation != session_.who().generation)
            continue;  // the store may be another one by now: ask again, which is safe
        result.value = std::make_shared<held_lock>(claim, lease, hub_.strand(), hub_.time());
        held_[wanted.name] = result.value;
        if (wanted.term)
            spawn(hub_.strand(), [this, alive = keep_alive_(), held = result.value] { return watch_term(held); });
        co_return result;
    }
    result.ec = asio::error::operation_aborted;
    co_return result;
}

task<outcome<bool>> lock_table::release(held_ptr held, bool all, std::shared_ptr<caller_base> asking)
{
    outcome<bool> result;
    if (held->state() == core::lease_state::lost)
        co_return result;
    result.value = true;
    held->holds = all ? 0 : held->holds - 1;
    if (held->holds > 0)
        co_return result;

    held->finish(held_lock::end::released);
    auto turn = co_await turns_.enter(held->claim().name, asking ? asking->deadline : never);
    if (!turn)
    {
        asking->fail(errc::not_connected);
        turn = co_await turns_.enter(held->claim().name);
    }
    if (!forget(held))
        co_return result;  // somebody who wanted it next did this already
    store::unlock operation;
    operation.held = held->claim();
    auto unlocked = co_await session_.call(operation, asking, persistence::settled);
    if (unlocked.ec == errc::not_connected || unlocked.ec == asio::error::operation_aborted)
    {
        asking->fail(unlocked.ec);
        unlocked = co_await session_.call(operation, nullptr, persistence::settled);
    }
    if (unlocked.ec == errc::closed)
        leftovers_.push_back(operation.held);
    result.ec = unlocked.ec;
    result.value = unlocked.value.released || unlocked.maybe_before;
    co_return result;
}

bool lock_table::forget(held_ptr const& held)
{
    auto const known = held_.find(held->claim().name);
    if (known == held_.end() || known->second != held)
        return false;
    held_.erase(known);
    return true;
}

// Nobody waits for it, and it is a no-op if the store has another claim.
task<> lock_table::give_back(store::claim claim)
{
    store::unlock operation;
    operation.held = std::move(claim);
    auto const unlocked = co_await session_.call(operation, nullptr, persistence::settled);
    if (unlocked.ec == errc::closed)
        leftovers_.push_back(operation.held);
}

// An acquisition that was refused may have taken effect in an earlier try, whose reply was lost. Finds out, and undoes it.
task<> lock_table::settle(wish wanted)
{
    auto const turn = co_await turns_.enter(wanted.name);
    for (;;)
    {
        store::lock operation;
        operation.name = wanted.name;
        operation.owner = wanted.owner;
        operation.term = wanted.term.value_or(std::chrono::milliseconds::zero());
        auto const locked = co_await session_.call(std::move(operation), nullptr, persistence::settled);
        if (!locked.ec && locked.value.granted)
        {
            store::claim const claim{wanted.name, wanted.owner, locked.who.session, locked.value.fence, wanted.term.has_value()};
            co_return co_await give_back(claim);
        }
        if (!locked.ec || locked.ec == errc::closed)
            co_return;
        signal pause{hub_.strand(), hub_.time()};
        co_await pause.wait(hub_.now() + core::backoff::cap);
    }
}

void lock_table::lose(held_ptr const& held)
{
    if (held->how() != held_lock::end::none)
        return;
    ++hub_.count().lost_locks;
    hub_.log(log_level::warning, "lock {} of {} is lost", held->claim().name, held->claim().owner);
    held->finish(held_lock::end::lost);
}

void lock_table::on_lease_lost(core::lease const& lease)
{
    auto const all = held_;
    for (auto const& [name, held] : all)
        if (&held->lease() == &lease)
        {
            strays_.push_back(held->claim());
            lose(held);
            forget(held);
        }
}

task<> lock_table::watch_term(held_ptr held)
{
    while (held->how() == held_lock::end::none && held->state() != core::lease_state::lost)
        co_await held->ended().wait(held->deadline());
    if (held->how() != held_lock::end::none)
        co_return;
    lose(held);
    auto const turn = co_await turns_.enter(held->claim().name);
    if (forget(held))
        co_await give_back(held->claim());
}

task<error_code> lock_table::verify(std::string const& group, store::caller const& who)
{
    constexpr std::size_t batch = 1000;

    while (!strays_.empty())
    {
        store::unlock operation;
        operation.held = strays_.back();
        auto const unlocked = co_await submit(hub_, group, std::move(operation));
        if (unlocked.ec)
            co_return unlocked.ec;
        strays_.pop_back();
    }

    std::vector<held_ptr> all;
    for (auto const& [name, held] : held_)
        all.push_back(held);
    for (std::size_t begin = 0; begin < all.size(); begin += batch)
    {
        auto const end = std::min(begin + batch, all.size());
        store::verify operation;
        operation.who = who;
        for (auto i = begin; i < end; ++i)
            operation.claims.push_back(all[i]->claim());
        auto const verified = co_await submit(hub_, group, std::move(operation));
        if (verified.ec)
            co_return verified.ec;
        for (auto i = begin; i < end; ++i)
            if (!verified.value.held[i - begin] && all[i]->how() == held_lock::end::none)
            {
                lose(all[i]);
                forget(all[i]);
            }
    }
    co_return error_code{};
}

task<> lock_table::close(std::string const& group, core::local_time until)
{
    auto const all = held_;
    for (auto const& [name, held] : all)
    {
        leftovers_.push_back(held->claim());
        if (held->how() == held_lock::end::none)
            held->finish(held_lock::end::released);
    }
    held_.clear();

    // Whatever was under way ends soon now, and leaves here what it got.
    for (auto const& name : turns_.keys())
        auto const turn = co_await turns_.enter(name, until);

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

}  // namespace coterie::session
