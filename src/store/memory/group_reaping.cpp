#include "group_state.hpp"

#include <coterie/error.hpp>

#include <iterator>

namespace coterie::store::memory {

outcome group_state::apply(reap const& what)
{
    ending all{.budget = reap::batch};
    std::set<std::string_view> named;
    for (auto const& sid : what.dead)
    {
        auto const deadline = leases_.find(sid);
        if (deadline && *deadline <= now_ && named.insert(sid).second)
            reap_session(sid, all);
    }
    reap_terms(all);

    auto const event = finish(std::move(all));
    reap::reply answer{.seen = seen(), .due = {}, .event = event};
    for (auto const& [deadline, lease] : leases_.order())
    {
        if (now_ < deadline || answer.due.size() == reap::sessions)
            break;
        if (is_session(lease))
            answer.due.push_back(lease);
    }
    return {{}, std::move(answer), told(event)};
}

outcome group_state::apply(close const& what)
{
    auto const& sid = what.who.session;
    if (auto const error = refuse(what.who); error == errc::stale)
        return {error, {}};
    else if (error && leases_.find(sid) != server_time{})
        return {{}, close::reply{true, {}}};

    ending all{.budget = reap::batch};
    bool const done = reap_session(sid, all);
    auto const event = finish(std::move(all));
    return {{}, close::reply{done, event}, told(event)};
}

// The event first, as in a script that can fail to write it; then the locks go to who is next.
std::optional<core::event> group_state::finish(ending all)
{
    auto event = publish(std::move(all.changes));
    if (all.quarantine_is_over)
        for (auto const& entry : queue_)
            all.vacant.insert(std::get<0>(entry));
    serve({all.vacant.begin(), all.vacant.end()});
    tell_granted();
    forget_if_over();
    return event;
}

// Takes as many attachments as the budget allows; true if none is left, and so the session is gone. If not, its death is final
// nevertheless.
bool group_state::reap_session(session_id const& sid, ending& all)
{
    sessions_.erase(sid);
    auto& held = held_[sid];
    for (; all.budget > 0 && !held.empty(); --all.budget)
    {
        auto const attachment = held.extract(held.begin()).value();
        auto const name = attachment.substr(1);
        switch (attachment[0])
        {
        case 'm':
            if (members_.erase({name, sid}) != 0)
                all.changes.push_back({core::change_kind::left, {name, sid, {}, {}}});
            break;
        case 'k':
            if (auto const lock = locks_.find(name.substr(name.find('\0') + 1)); lock != locks_.end())
                if (lock->second.held == lock_record::kind::session && lock->second.session == sid)
                {
                    all.vacant.insert(lock->first);
                    vacate(lock->first);
                }
            break;
        case 'w':  // what was granted for a term outlives the session
            if (auto const place = places_.find({sid, std::stoull(name)}); place != places_.end())
                if (!place->second.granted || place->second.wish.term.count() == 0)
                {
                    all.vacant.insert(place->second.wish.names.begin(), place->second.wish.names.end());
                    end_place(place->first);
                }
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

void group_state::reap_terms(ending& all)
{
    std::vector<std::string> due;
    for (auto const& [deadline, lease] : leases_.order())
    {
        if (now_ < deadline || due.size() == all.budget)
            break;
        if (!is_session(lease))
            due.push_back(lease);
    }
    for (auto const& lease : due)
    {
        auto const name = lease.substr(2);
        if (lease == quarantine)
            all.quarantine_is_over = true;
        else if (lease[0] == 'w')
        {
            place_id const id{name.substr(0, 16), std::stoull(name.substr(16))};
            if (auto const place = places_.find(id); place != places_.end() && place->second.granted)
            {
                all.vacant.insert(place->second.wish.names.begin(), place->second.wish.names.end());
                end_place(id);
            }
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
