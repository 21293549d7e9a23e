#include "group_state.hpp"

#include <coterie/error.hpp>

#include <iterator>

namespace coterie::store::memory {

outcome group_state::apply(reap const& what)
{
    std::size_t budget = reap::batch;
    std::vector<core::change> changes;
    std::set<std::string_view> named;
    for (auto const& sid : what.dead)
    {
        auto const deadline = leases_.find(sid);
        if (deadline && *deadline <= now_ && named.insert(sid).second)
            reap_session(sid, budget, changes);
    }
    reap_terms(budget);

    auto event = publish(std::move(changes));
    forget_if_over();
    reap::reply answer{.seen = seen(), .due = {}, .event = event};
    for (auto const& [deadline, lease] : leases_.order())
    {
        if (now_ < deadline || answer.due.size() == reap::sessions)
            break;
        if (is_session(lease))
            answer.due.push_back(lease);
    }
    return {{}, std::move(answer), std::move(event)};
}

outcome group_state::apply(close const& what)
{
    auto const& sid = what.who.session;
    if (auto const error = refuse(what.who); error == errc::stale)
        return {error, {}};
    else if (error && leases_.find(sid) != server_time{})
        return {{}, close::reply{true, {}}};

    std::size_t budget = reap::batch;
    std::vector<core::change> changes;
    bool const done = reap_session(sid, budget, changes);
    auto event = publish(std::move(changes));
    forget_if_over();
    return {{}, close::reply{done, event}, event};
}

// Takes as many attachments as the budget allows; true if none is left, and so the session is gone. If not, its death is final
// nevertheless.
bool group_state::reap_session(session_id const& sid, std::size_t& budget, std::vector<core::change>& changes)
{
    sessions_.erase(sid);
    auto& held = held_[sid];
    for (; budget > 0 && !held.empty(); --budget)
    {
        auto const attachment = held.extract(held.begin()).value();
        auto const name = attachment.substr(1);
        switch (attachment[0])
        {
        case 'm':
            if (members_.erase({name, sid}) != 0)
                changes.push_back({core::change_kind::left, {name, sid, {}, {}}});
            break;
        case 'k':
            if (auto const lock = locks_.find(name.substr(name.find('\0') + 1)); lock != locks_.end())
                if (!lock->second.fixed && lock->second.session == sid)
                    locks_.erase(lock);
            break;
        case 'e':
            if (auto const value = data_.find(name); value != data_.end())
                if (value->second.life == lifetime::ephemeral && value->second.session == sid)
                    data_.erase(value);
            break;
        default: break;
        }
    }
    if (!held.empty())
    {
        leases_.set(sid, server_time{});
        return false;
    }
    leases_.erase(sid);
    held_.erase(sid);
    return true;
}

void group_state::reap_terms(std::size_t budget)
{
    std::vector<std::string> due;
    for (auto const& [deadline, lease] : leases_.order())
    {
        if (now_ < deadline || due.size() == budget)
            break;
        if (!is_session(lease))
            due.push_back(lease);
    }
    for (auto const& lease : due)
    {
        auto const name = lease.substr(2);
        if (lease[0] == 'k')
        {
            if (auto const lock = locks_.find(name); lock != locks_.end() && lock->second.fixed)
                locks_.erase(lock);
        }
        else if (auto const value = data_.find(name); value != data_.end() && value->second.life == lifetime::term)
        {
            data_.erase(value);
        }
        leases_.erase(lease);
    }
}

void group_state::forget_if_over()
{
    if (!leases_.empty())
        return;
    clean_up();
    keep_until_ = now_ + linger;
    keep_fence_until_ = std::max(keep_fence_until_, now_ + fence_linger);
}

}  // namespace coterie::store::memory
