#include "lock_table.hpp"

#include <algorithm>

namespace coterie::session {

lock_table::lock_table(hub& shared, session& owner, std::function<std::shared_ptr<void>()> keep_alive)
    : hub_{shared}
    , session_{owner}
    , keep_alive_{std::move(keep_alive)}
    , turns_{shared.strand(), shared.time()}
    , returns_{shared, owner}
{
}

lock_table::held_ptr lock_table::find(std::string_view name, std::string_view owner) const
{
    auto const found = held_.find(name);
    if (found == held_.end() || found->second->claim().owner != owner || found->second->state() == core::lease_state::lost)
        return nullptr;
    return found->second;
}

store::lock lock_table::operation_for(wish const& wanted) const
{
    store::lock operation;
    operation.name = wanted.name;
    operation.owner = wanted.owner;
    operation.term = wanted.term.value_or(std::chrono::milliseconds::zero());
    return operation;
}

task<outcome<lock_table::held_ptr>> lock_table::try_acquire(wish wanted, std::shared_ptr<caller_base> asking)
{
    outcome<held_ptr> result;
    bool doubtful = false;  // the store may have granted it already
    bool late = false;      // it did, and the grant was over before it came
    while (!asking->gone())
    {
        auto turn = co_await turns_.enter(wanted.name, asking->deadline);
        if (!turn || (late && hub_.now() >= asking->deadline))
        {
            result.ec = late ? errc::lost : errc::not_connected;  // a term shorter than the way is lost each time
            break;
        }
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
            forget(held);
            give_back_in_background(held->claim(), std::move(turn));
            continue;
        }

        auto const locked = co_await session_.call(operation_for(wanted), asking, persistence::settled);
        result.ec = locked.ec;
        doubtful = doubtful || locked.maybe_before;
        if (locked.ec == errc::closed && doubtful && wanted.term)
            returns_.leave_behind_unknown(wanted.name, wanted.owner);
        if (locked.ec == errc::closed)
            co_return result;
        if (locked.ec)
            break;
        if (!locked.value.granted)
        {
            if (doubtful && wanted.term)
                settle_later(wanted);  // perhaps it was granted to our last session
            co_return result;
        }

        fence_floor_ = std::max(fence_floor_, locked.value.fence);
        store::claim const claim{wanted.name, wanted.owner, locked.who.session, locked.value.fence, wanted.term.has_value()};
        auto const lease = wanted.term ? std::make_shared<core::lease>(locked.sent, *wanted.term, core::duration::zero()) : locked.lease;
        if (lease->state(hub_.now()) == core::lease_state::lost)
        {
            give_back_in_background(claim, std::move(turn));  // it was lost on the way here
            doubtful = false;
            late = true;
            continue;
        }
        if (asking->gone())
        {
            give_back_in_background(claim, std::move(turn));
            doubtful = false;
            break;
        }
        if (locked.who.generation != session_.who().generation)
        {
            doubtful = true;
            continue;  // the store may be another one by now: ask again, which is safe
        }
        result.value = std::make_shared<held_lock>(claim, lease, hub_.strand(), hub_.time());
        held_[wanted.name] = result.value;
        if (wanted.term)
            spawn(hub_.strand(), [this, alive = keep_alive_(), held = result.value] { return watch_term(held); });
        co_return result;
    }
    if (!result.ec)
        result.ec = asio::error::operation_aborted;
    if (doubtful)
        settle_later(wanted);
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
    result = co_await returns_.give_back(held->claim(), asking);
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

// Nobody else has a turn at this lock before the store has agreed.
void lock_table::give_back_in_background(store::claim claim, turnstile::turn turn)
{
    auto const mine = std::make_shared<turnstile::turn>(std::move(turn));
    spawn(hub_.strand(), [this, alive = keep_alive_(), mine, claim]() -> task<> { co_await returns_.give_back(claim, nullptr); });
}

void lock_table::settle_later(wish const& wanted)
{
    spawn(hub_.strand(), [this, alive = keep_alive_(), wanted] { return settle(wanted); });
}

// An acquisition that failed may have taken effect in an earlier try, whose reply was lost. Finds out, and undoes it.
task<> lock_table::settle(wish wanted)
{
    auto const turn = co_await turns_.enter(wanted.name);
    while (!held_.contains(wanted.name))  // somebody else here got it since, and knows it
    {
        auto const locked = co_await session_.call(operation_for(wanted), nullptr, persistence::settled);
        if (locked.ec == errc::closed && wanted.term)
            returns_.leave_behind_unknown(wanted.name, wanted.owner);
        if (locked.ec == errc::closed)
            co_return;
        if (!locked.ec)
        {
            store::claim const claim{wanted.name, wanted.owner, locked.who.session, locked.value.fence, wanted.term.has_value()};
            if (locked.value.granted)
                co_await returns_.give_back(claim, nullptr);
            else if (wanted.term)
                co_await returns_.give_back_orphan(wanted.name, wanted.owner);
            co_return;
        }
        co_await session_.pause();
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
            returns_.lose(held->claim());
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
        co_await returns_.give_back(held->claim(), nullptr);
}

task<error_code> lock_table::verify(std::string const& group, store::caller const& who)
{
    if (auto const failed = co_await returns_.give_back_strays(group))
        co_return failed;
    std::vector<held_ptr> all;
    for (auto const& [name, held] : held_)
        all.push_back(held);
    co_return co_await verify(group, who, all);
}

task<> lock_table::verify_inherited(std::string const& group, store::caller const& who)
{
    std::vector<held_ptr> inherited;
    for (auto const& [name, held] : held_)
        if (held->claim().session != who.session)
            inherited.push_back(held);
    co_await verify(group, who, inherited);
}

task<error_code> lock_table::verify(std::string const& group, store::caller const& who, std::vector<held_ptr> const& some)
{
    constexpr std::size_t batch = 1000;

    for (std::size_t begin = 0; begin < some.size(); begin += batch)
    {
        auto const end = std::min(begin + batch, some.size());
        store::verify operation;
        operation.who = who;
        for (auto i = begin; i < end; ++i)
            operation.claims.push_back(some[i]->claim());
        auto const verified = co_await submit(hub_, group, std::move(operation));
        if (verified.ec)
            co_return verified.ec;
        for (auto i = begin; i < end; ++i)
            if (!verified.value.held[i - begin] && some[i]->how() == held_lock::end::none)
            {
                lose(some[i]);
                forget(some[i]);
            }
    }
    co_return error_code{};
}

task<> lock_table::close(std::string const& group, core::local_time until)
{
    auto const all = held_;
    for (auto const& [name, held] : all)
    {
        returns_.leave_behind(held->claim());
        if (held->how() == held_lock::end::none)
            held->finish(held_lock::end::released);
    }
    held_.clear();

    // Whatever was under way ends soon now, and leaves behind what it got.
    for (auto const& name : turns_.keys())
        auto const turn = co_await turns_.enter(name, until);
    co_await returns_.close(group, until);
}

}  // namespace coterie::session
