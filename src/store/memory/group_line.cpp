// Who holds a lock, who waits for it, and who is next: the same as in scripts/lib/line.lua, step by step.
#include "group_state.hpp"

#include "../../core/role.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace coterie::store::memory {

std::string place_term(std::pair<session_id, std::uint64_t> const& place)
{
    char number[17];
    std::snprintf(number, sizeof number, "%016llu", static_cast<unsigned long long>(place.second));
    return std::string{'w', '\0'} + place.first + number;
}

std::string group_state::lease_of(place_id const& place, bool fixed) const
{
    return fixed ? place_term(place) : std::string{place.first};
}

std::optional<server_time> group_state::alive_until(std::string const& lease) const
{
    return leases_.alive(lease, now_) ? leases_.find(lease) : std::nullopt;
}

bool group_state::is_waited_for(std::string const& lock) const
{
    auto const known = locks_.find(lock);
    return known != locks_.end() && known->second.waited;
}

std::optional<group_state::place_id> group_state::first_in_line(std::string const& lock) const
{
    auto const first = queue_.lower_bound({lock, 0, {}});
    if (first == queue_.end() || std::get<0>(*first) != lock)
        return std::nullopt;
    return std::get<2>(*first);
}

// Until when the holders are surely in the way of somebody with this wish; none: they are not; 0: not known.
std::optional<server_time> group_state::in_the_way(std::string const& lock, acquire const& wish) const
{
    using kind = lock_record::kind;

    auto const known = locks_.find(lock);
    if (known == locks_.end())
        return std::nullopt;
    auto const& record = known->second;
    auto const lives = [&](place_id const& each) { return alive_until(lease_of(each, places_.at(each).wish.term.count() != 0)); };
    std::ptrdiff_t allowed = 0;  // besides whom it can be had
    switch (record.held)
    {
    case kind::none: return std::nullopt;
    case kind::session: return alive_until(record.session);
    case kind::place: return lives(record.place);
    case kind::shared:
        if (wish.mode == lock_mode::shared)
            return std::nullopt;
        break;
    case kind::permit:
        if (wish.mode == lock_mode::permit)
            allowed = static_cast<std::ptrdiff_t>(wish.limit) - 1;
        break;
    }
    auto const shares = shares_.find(lock);
    auto const living = shares == shares_.end()
                            ? 0
                            : std::ranges::count_if(shares->second, [&](auto& each) { return lives(each).has_value(); });
    return living > allowed ? std::optional{server_time{}} : std::nullopt;
}

bool group_state::can_have(place_id const& place, place_record const& what) const
{
    return !quarantined() && std::ranges::all_of(what.wish.names, [&](std::string const& lock) {
        return first_in_line(lock) == place && !in_the_way(lock, what.wish);
    });
}

void group_state::hold(place_id const& place, place_record const& what)
{
    using kind = lock_record::kind;

    for (auto const& lock : what.wish.names)
    {
        auto& record = locks_[lock];
        switch (what.wish.mode)
        {
        case lock_mode::exclusive:
            if (core::is_role(lock))
            {
                renounce(lock, record.place.first);  // the dead one
                announce(place, what);
            }
            record.held = kind::place;
            record.place = place;
            break;
        case lock_mode::shared:
        case lock_mode::permit:
            record.held = what.wish.mode == lock_mode::shared ? kind::shared : kind::permit;
            shares_[lock].insert(place);
            break;
        }
    }
}

void group_state::start_term(place_id const& place, place_record const& what)
{
    leases_.set(place_term(place), now_ + what.wish.term);
    outlive(now_ + what.wish.term);
}

void group_state::grant_place(place_id const& place, place_record& what)
{
    for (auto const& lock : what.wish.names)
        queue_.erase({lock, what.number, place});
    what.granted = true;
    what.number = next_fence(what.wish.fences);
    hold(place, what);
    bool const fixed = what.wish.term.count() != 0;
    if (fixed)
        start_term(place, what);
    granted_.emplace_back(place, fixed);
}

// Waiting or granted. Its locks are to be served then.
void group_state::end_place(place_id place)
{
    using kind = lock_record::kind;

    auto const what = places_.at(place);
    for (auto const& lock : what.wish.names)
    {
        auto const known = locks_.find(lock);
        auto const held = known == locks_.end() ? kind::none : known->second.held;
        if (!what.granted)
        {
            queue_.erase({lock, what.number, place});
        }
        else if (what.wish.mode != lock_mode::exclusive)
        {
            auto const shares = shares_.find(lock);
            shares->second.erase(place);
            bool const last = shares->second.empty();
            if (last)
                shares_.erase(shares);
            if (last && (held == kind::shared || held == kind::permit))  // (a dead reader may be left when the last permit goes)
                vacate(lock);
        }
        else if (held == kind::place && known->second.place == place)
        {
            vacate(lock);
            if (core::is_role(lock))
                renounce(lock, place.first);
        }
    }
    leases_.erase(place_term(place));
    places_.erase(place);
}

// Nobody holds it any more.
void group_state::vacate(std::string const& lock)
{
    auto const known = locks_.find(lock);
    if (known->second.waited)
        known->second = {.held = lock_record::kind::none, .waited = true};
    else
        locks_.erase(known);
}

void group_state::mark(std::string const& lock, bool waited)
{
    auto const known = locks_.find(lock);
    if (known == locks_.end() && !waited)
        return;
    if (known != locks_.end() && !waited && known->second.held == lock_record::kind::none)
        locks_.erase(known);
    else
        locks_[lock].waited = waited;
}

// Lets in whoever can be let in, and sends away the dead.
void group_state::serve(lock_names const& locks)
{
    constexpr int most = 1000;
    int steps = 0;
    lock_names pending{locks.rbegin(), locks.rend()};
    while (!pending.empty() && steps < most)
    {
        auto const lock = std::move(pending.back());
        pending.pop_back();
        auto next = first_in_line(lock);
        for (; next && steps < most; next = first_in_line(lock))
        {
            ++steps;
            auto& place = places_.at(*next);
            auto const names = place.wish.names;
            if (!alive_until(next->first))
                end_place(*next);
            else if (can_have(*next, place))
                grant_place(*next, place);
            else
                break;
            std::ranges::remove_copy(names, std::back_inserter(pending), lock);
        }
        mark(lock, next.has_value());
    }
}

// If a term is what ends next: those who wait for the next death may know only of later ones.
void group_state::tell_of_term()
{
    if (!leases_.empty() && !is_session(leases_.order().begin()->second))
        told_.emplace_back(core::event{});
}

void group_state::tell_granted()
{
    bool terms = false;
    for (auto const& [place, fixed] : granted_)
    {
        told_.emplace_back(grant{place.first, place.second, places_.at(place).number});
        terms = terms || fixed;
    }
    granted_.clear();
    if (terms)
        tell_of_term();
}

}  // namespace coterie::store::memory
