#include "group_state.hpp"

#include <coterie/error.hpp>

namespace coterie::store::memory {
namespace {

// Every time of our days in microseconds is larger: a smaller fence was counted from nothing.
constexpr std::uint64_t smallest_fence = 1'000'000'000'000'000;

std::string attachment(std::string const& owner, std::string const& lock)
{
    return 'k' + owner + '\0' + lock;
}

}  // namespace

outcome group_state::apply(lock const& what)
{
    if (auto const error = refuse(what.who))
        return {error, {}};

    auto const& sid = what.who.session;
    bool const fixed = what.term.count() != 0;
    auto const term = lock_term(what.name);
    if (auto const known = locks_.find(what.name); known != locks_.end())
    {
        auto const& record = known->second;
        auto const deadline = lock_deadline(what.name, record);
        if (deadline && record.session == sid && record.owner == what.owner && record.fixed == fixed)
        {
            if (fixed)
            {
                leases_.set(term, now_ + what.term);
                outlive(now_ + what.term);
            }
            return {{}, lock::reply{true, record.fence, {}}};
        }
        if (deadline)
            return {{}, lock::reply{false, 0, *deadline}};
        if (record.fixed)
            leases_.erase(term);
    }

    auto const fence = next_fence();
    locks_[what.name] = {fixed, sid, fence, what.owner};
    if (fixed)
    {
        leases_.set(term, now_ + what.term);
        outlive(now_ + what.term);
    }
    else
    {
        held_[sid].insert(attachment(what.owner, what.name));
    }
    return {{}, lock::reply{true, fence, {}}};
}

outcome group_state::apply(unlock const& what)
{
    return {{}, unlock::reply{release(what.held)}};
}

outcome group_state::apply(force const& what)
{
    bool const released = release(what.held);
    if (released && session_alive(what.held.session))
        sessions_[what.held.session].forced = true;
    return {{}, force::reply{released}};
}

outcome group_state::apply(verify const& what)
{
    if (auto const error = refuse(what.who))
        return {error, {}};
    verify::reply answer;
    for (auto const& claim : what.claims)
        answer.held.push_back(stands(claim) && (!claim.fixed || leases_.alive(lock_term(claim.name), now_)));
    return {{}, std::move(answer)};
}

outcome group_state::apply(inspect const& what)
{
    inspect::reply answer{.holder = {}, .deadline = {}, .now = now_};
    if (auto const known = locks_.find(what.name); known != locks_.end())
    {
        auto const& record = known->second;
        if (auto const deadline = lock_deadline(what.name, record))
        {
            answer.holder = claim{what.name, record.owner, record.session, record.fence, record.fixed};
            answer.deadline = *deadline;
        }
    }
    return {{}, std::move(answer)};
}

bool group_state::stands(claim const& what) const
{
    auto const known = locks_.find(what.name);
    if (known == locks_.end())
        return false;
    auto const& record = known->second;
    return record.fixed == what.fixed && record.session == what.session && record.fence == what.fence && record.owner == what.owner;
}

bool group_state::release(claim const& what)
{
    if (!stands(what))
        return false;
    locks_.erase(what.name);
    if (what.fixed)
        leases_.erase(lock_term(what.name));
    else if (auto const held = held_.find(what.session); held != held_.end())
        held->second.erase(attachment(what.owner, what.name));
    return true;
}

// None: the holder is dead.
std::optional<server_time> group_state::lock_deadline(std::string const& name, lock_record const& record) const
{
    auto const lease = record.fixed ? lock_term(name) : record.session;
    return leases_.alive(lease, now_) ? leases_.find(lease) : std::nullopt;
}

std::uint64_t group_state::next_fence()
{
    if (++fence_ < smallest_fence)
        fence_ = static_cast<std::uint64_t>(instant_.time_since_epoch().count());
    return fence_;
}

}  // namespace coterie::store::memory
