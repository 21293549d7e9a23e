#include "group_state.hpp"

#include <coterie/error.hpp>

#include <algorithm>
#include <cstdio>

namespace coterie::store::memory {
namespace {

server_time began(std::string const& epoch)
{
    auto const digits = epoch.substr(0, 13);
    bool const good = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    return server_time{std::chrono::milliseconds{good ? std::stoll(digits) : 0}};
}

}  // namespace

outcome group_state::apply(open const& what)
{
    auto const& sid = what.who.session;
    if (what.resume && !session_alive(sid))
        return {errc::lost, {}};
    if (session_alive(sid) && sessions_.at(sid).generation > what.who.generation)
        return {errc::stale, {}};  // it was delayed in an old connection; a newer one has the session

    bool const is_new = !session_alive(sid);
    auto const deadline = now_ + what.ttl;
    sessions_[sid] = {what.who.generation, false};
    leases_.set(sid, deadline);
    ++beats_;
    held_[sid].insert(".");
    fence_ = std::max({fence_, what.fence_floor, static_cast<std::uint64_t>(instant_.time_since_epoch().count())});
    // An epoch older than one that was known: a snapshot was restored.
    if (epoch_.empty() || (what.known_epoch != epoch_ && began(what.known_epoch) > began(epoch_)))
    {
        char text[30];
        std::snprintf(text, sizeof text, "%013lld%016llx", static_cast<long long>(now_.time_since_epoch().count()),
                      static_cast<unsigned long long>((*random_)()));
        epoch_ = text;
    }
    auto const before = quarantined();
    if (!what.known_epoch.empty() && what.known_epoch != epoch_)
        enter_quarantine(what);
    outlive(deadline);
    // Those who wait for the next death may know only of later ones.
    bool const first_to_end = (is_new && leases_.next() == deadline && leases_.size() > 1) ||
                              (quarantined() != before && leases_.next() == quarantined());
    return {{}, open::reply{epoch_, beats_, seen(what.ttl)}, first_to_end ? std::vector<push>{core::event{}} : std::vector<push>{}};
}

// Who had a lock before the change had his last beat before the new epoch began.
void group_state::enter_quarantine(open const& what)
{
    auto const ends = began(epoch_) + what.ttl;
    if (ends > now_ && ends > quarantined().value_or(server_time{}))
        leases_.set(quarantine, ends);
}

// Until then.
std::optional<server_time> group_state::quarantined() const
{
    return alive_until(quarantine);
}

// `touch` changes nothing here: each beat extends the life of the group.
outcome group_state::apply(beat const& what)
{
    if (auto const error = refuse(what.who))
        return {error, {}};
    auto const deadline = now_ + what.ttl;
    leases_.set(what.who.session, deadline);
    ++beats_;
    outlive(deadline);
    return {{}, beat::reply{beats_, seen(what.ttl), events_.last()}};
}

boost::system::error_code group_state::refuse(caller const& who) const
{
    if (!session_alive(who.session))
        return errc::lost;
    auto const& known = sessions_.at(who.session);
    if (known.forced || known.generation != who.generation)
        return errc::stale;
    return {};
}

bool group_state::session_alive(session_id const& sid) const
{
    return sessions_.contains(sid) && leases_.alive(sid, now_);
}

horizon group_state::seen() const
{
    return {now_, leases_.next(), leases_.size()};
}

horizon group_state::seen(std::chrono::milliseconds ttl) const
{
    return {now_, leases_.next(), leases_.count(now_ + ttl - ttl / 3, now_ + ttl)};
}

void group_state::outlive(server_time deadline)
{
    keep_until_ = std::max(keep_until_, deadline + linger);
    keep_fence_until_ = std::max(keep_fence_until_, deadline + fence_linger);
}

// The cursor is the number of entries before.
outcome group_state::apply(inventory const& what) const
{
    auto const& sid = what.who.session;
    if (auto const error = refuse(what.who))
        return {error};
    inventory::reply page;
    auto const before = what.cursor.empty() ? 0 : std::stoull(what.cursor);
    std::size_t seen = 0;
    auto const held = held_.find(sid);
    for (auto const& attachment : held == held_.end() ? std::set<std::string>{} : held->second)
    {
        if (seen++ < before)
            continue;
        if (seen > before + what.limit)
        {
            page.cursor = std::to_string(seen - 1);
            break;
        }
        auto const name = attachment.substr(1);
        if (attachment[0] == 'm')
            page.members.push_back(name);
        else if (attachment[0] == 'w' && places_.contains({sid, std::stoull(name)}))
            page.places.push_back(std::stoull(name));
        else if (attachment[0] == 'k')
            if (auto const lock = locks_.find(name.substr(name.find('\0') + 1)); lock != locks_.end())
                if (lock->second.held == lock_record::kind::session && lock->second.session == sid)
                    page.locks.push_back({{lock->first}, lock->second.owner, {}, lock->second.fence});
    }
    return {{}, std::move(page)};
}

}  // namespace coterie::store::memory
