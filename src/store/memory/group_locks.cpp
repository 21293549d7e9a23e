#include "group_state.hpp"

#include <coterie/error.hpp>

#include <cstdio>

namespace coterie::store::memory {
namespace {

// Every time of our days in microseconds is larger: a smaller fence was counted from nothing.
constexpr std::uint64_t smallest_fence = 1'000'000'000'000'000;

std::string attachment(std::string const& owner, std::string const& lock)
{
    return 'k' + owner + '\0' + lock;
}

std::string attachment(std::uint64_t place)
{
    char text[18];
    std::snprintf(text, sizeof text, "w%016llu", static_cast<unsigned long long>(place));
    return text;
}

}  // namespace

outcome group_state::apply(lock const& what)
{
    using kind = lock_record::kind;

    if (auto const error = refuse(what.who))
        return {error};

    auto const& sid = what.who.session;
    if (auto const known = locks_.find(what.name); known != locks_.end())
    {
        auto const& record = known->second;
        auto const by_place = record.held == kind::place;
        std::optional<server_time> deadline;
        if (record.held == kind::session)
            deadline = alive_until(record.session);
        else if (by_place)
            deadline = alive_until(lease_of(record.place, places_.at(record.place).wish.term.count() != 0));
        if (record.held == kind::session && record.session == sid && record.owner == what.owner && deadline)
            return {{}, lock::reply{true, record.fence, {}}};
        if (deadline || record.waited || !(record.held == kind::session || by_place))
            return {{}, lock::reply{false, 0, deadline.value_or(server_time{})}};
    }

    if (auto const until = quarantined())
        return {{}, lock::reply{false, 0, *until}};
    auto const fence = next_fence();
    locks_[what.name] = {.held = kind::session, .waited = false, .session = sid, .fence = fence, .owner = what.owner};
    held_[sid].insert(attachment(what.owner, what.name));
    return {{}, lock::reply{true, fence, {}}};
}

outcome group_state::answer(place_record const& place) const
{
    return {{},
            acquire::reply{.granted = place.granted, .waiting = !place.granted, .fence = place.granted ? place.number : 0, .deadline = {}}};
}

outcome group_state::apply(acquire const& what)
{
    if (auto const error = refuse(what.who))
        return {error};

    place_id const id{what.who.session, what.place};
    auto known = places_.find(id);
    if (known != places_.end() && !known->second.granted)
    {
        serve(what.names);
        tell_granted();
        return answer(known->second);
    }
    if (known != places_.end() && alive_until(lease_of(id, known->second.wish.term.count() != 0)))
    {
        if (known->second.wish.term.count() != 0)
            start_term(id, known->second);
        return answer(known->second);
    }
    if (known != places_.end())
    {
        end_place(id);  // its term is over
        serve(what.names);
    }

    auto busy_until = quarantined();
    if (what.confirmed != 0)
        busy_until = busy_until ? std::nullopt : std::optional{server_time{}};
    for (auto const& lock : what.names)
    {
        if (is_waited_for(lock))
            serve({lock});  // who waits may be dead
        auto until = in_the_way(lock, what);
        if (is_waited_for(lock) && !until && what.confirmed == 0)
            until = server_time{};
        if (until)
            busy_until = std::max(busy_until.value_or(server_time{}), *until);
    }
    if (busy_until && !what.wait)
    {
        tell_granted();
        return {{}, acquire::reply{.granted = false, .waiting = false, .fence = 0, .deadline = *busy_until}};
    }

    auto& place = places_[id];
    place = {.wish = what, .since = now_, .granted = !busy_until, .number = 0};
    place.number = busy_until || what.confirmed == 0 ? next_fence(busy_until ? 1 : what.fences) : confirm_fence(what);
    bool const fixed = what.term.count() != 0;
    if (busy_until)
    {
        for (auto const& lock : what.names)
        {
            queue_.emplace(lock, place.number, id);
            mark(lock, true);
        }
        tell_of_term();
    }
    else
    {
        hold(id, place);
        if (fixed)
            start_term(id, place);
    }
    if (busy_until || !fixed)
        held_[id.first].insert(attachment(what.place));
    tell_granted();
    return answer(place);
}

outcome group_state::apply(withdraw const& what)
{
    if (auto const error = refuse(what.who); error == errc::stale)
        return {error};
    auto const known = places_.find({what.who.session, what.place});
    if (known == places_.end())
        return {{}, withdraw::reply{}};
    auto const place = known->second;
    if (auto const held = held_.find(what.who.session); held != held_.end())
        held->second.erase(attachment(what.place));
    end_place(known->first);
    serve(place.wish.names);
    tell_granted();
    return {{}, withdraw::reply{.waited = !place.granted, .held = place.granted}};
}

outcome group_state::apply(unlock const& what)
{
    if (what.held.place != 0)
        return {{}, unlock::reply{}};
    if (!what.hand_over && stands(what.held) && locks_.at(what.held.names.front()).waited)
        return {{}, unlock::reply{.waited = true}};
    return {{}, unlock::reply{.released = release(what.held)}};
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
        return {error};
    verify::reply answer;
    for (auto const& claim : what.claims)
        answer.held.push_back(stands(claim) && (!claim.fixed || alive_until(place_term({claim.session, claim.place}))));
    return {{}, std::move(answer)};
}

// The server adds how many replicas it has.
outcome group_state::apply(replicate const& what)
{
    auto const& held = what.held;
    return {{},
            replicate::reply{.held = stands(held) && (!held.fixed || alive_until(place_term({held.session, held.place}))), .replicas = 0}};
}

claim group_state::claim_of(place_id const& id, place_record const& place)
{
    return {place.wish.names,
            place.wish.owner,
            id.first,
            place.granted ? place.number : 0,
            id.second,
            place.wish.mode,
            place.wish.term.count() != 0};
}

// The cursor is the number of entries before.
outcome group_state::apply(waiting const& what)
{
    waiting::reply page;
    auto const before = what.cursor.empty() ? 0 : std::stoull(what.cursor);
    std::size_t seen = 0;
    for (auto const& [lock, ticket, id] : queue_)
    {
        if (seen++ < before)
            continue;
        if (alive_until(id.first))
            page.entries.push_back({lock, claim_of(id, places_.at(id))});
        if (seen == before + what.limit)
        {
            page.cursor = std::to_string(seen);
            break;
        }
    }
    return {{}, std::move(page)};
}

outcome group_state::apply(inspect const& what)
{
    using kind = lock_record::kind;

    inspect::reply answer{.now = now_, .holders = {}, .waiters = {}};
    auto const add_holder = [&](place_id const& id) {
        auto const& place = places_.at(id);
        if (auto const deadline = alive_until(lease_of(id, place.wish.term.count() != 0)))
            answer.holders.push_back({claim_of(id, place), *deadline});
    };
    if (auto const known = locks_.find(what.name); known != locks_.end())
    {
        auto const& record = known->second;
        if (record.held == kind::session && alive_until(record.session))
            answer.holders.push_back({{{what.name}, record.owner, record.session, record.fence}, *alive_until(record.session)});
        else if (record.held == kind::place)
            add_holder(record.place);
        else if (auto const shares = shares_.find(what.name);
                 shares != shares_.end() && record.held != kind::none && record.held != kind::session)
            for (auto const& share : shares->second)
                add_holder(share);
    }
    for (auto entry = queue_.lower_bound({what.name, 0, {}}); entry != queue_.end() && std::get<0>(*entry) == what.name; ++entry)
    {
        auto const& id = std::get<2>(*entry);
        auto const& place = places_.at(id);
        if (alive_until(id.first))
            answer.waiters.push_back({claim_of(id, place), place.since});
    }
    return {{}, std::move(answer)};
}

bool group_state::stands(claim const& what) const
{
    if (what.place != 0)
    {
        auto const known = places_.find({what.session, what.place});
        return known != places_.end() && known->second.granted && known->second.number == what.fence &&
               (known->second.wish.term.count() != 0) == what.fixed;
    }
    auto const known = locks_.find(what.names.front());
    if (known == locks_.end() || known->second.held != lock_record::kind::session)
        return false;
    auto const& record = known->second;
    return record.session == what.session && record.fence == what.fence && record.owner == what.owner;
}

bool group_state::release(claim const& what)
{
    if (!stands(what))
        return false;
    if (auto const held = held_.find(what.session); held != held_.end())
        held->second.erase(what.place != 0 ? attachment(what.place) : attachment(what.owner, what.names.front()));
    auto names = what.names;
    if (what.place != 0)
    {
        names = places_.at({what.session, what.place}).wish.names;
        end_place({what.session, what.place});
    }
    else
    {
        vacate(names.front());
    }
    serve(names);
    tell_granted();
    return true;
}

// Of before the change of epoch: those to come are larger.
std::uint64_t group_state::confirm_fence(acquire const& what)
{
    fence_ = std::max(fence_, what.confirmed + what.fences - 1);
    return what.confirmed;
}

std::uint64_t group_state::next_fence(std::uint64_t count)
{
    auto const first = fence_ + 1;
    fence_ += count;
    if (first >= smallest_fence)
        return first;
    auto const anchor = static_cast<std::uint64_t>(instant_.time_since_epoch().count());
    fence_ = anchor + count - 1;
    return anchor;
}

}  // namespace coterie::store::memory
