#include "group_state.hpp"

#include <coterie/error.hpp>

#include <algorithm>

namespace coterie::store::memory {

using core::change;
using core::change_kind;

namespace {

// Of a field and its record in `members`.
std::size_t size_of(std::string const& name, session_id const& session, std::string const& value)
{
    return name.size() + 1 + session.size() + 13 + value.size();
}

}  // namespace

outcome group_state::apply(join const& what)
{
    if (auto const error = refuse(what.who))
        return {error, {}};

    auto const& sid = what.who.session;
    std::set<std::string_view> matched;
    std::vector<change> changes;
    for (auto const& [name, value] : what.members)
    {
        auto const known = members_.find({name, sid});
        if (known == members_.end())
        {
            if (what.update_only)
                continue;
            members_.emplace(std::pair{name, sid}, member_record{now_, value});
            held_[sid].insert('m' + name);
            changes.push_back({change_kind::joined, {name, sid, now_, value}});
        }
        else if (known->second.value != value)
        {
            known->second.value = value;
            changes.push_back({change_kind::updated, {name, sid, known->second.joined_at, value}});
        }
        matched.insert(name);
    }
    auto event = publish(std::move(changes));
    return {{}, join::reply{matched.size(), event}, told(event)};
}

outcome group_state::apply(leave const& what)
{
    if (auto const error = refuse(what.who))
        return {error, {}};

    auto const& sid = what.who.session;
    std::vector<change> changes;
    for (auto const& name : what.names)
    {
        if (members_.erase({name, sid}) == 0)
            continue;
        held_[sid].erase('m' + name);
        changes.push_back({change_kind::left, {name, sid, {}, {}}});
    }
    auto const left = changes.size();
    auto event = publish(std::move(changes));
    return {{}, leave::reply{left, event}, told(event)};
}

// The cursor is the last field answered, as Redis would name it: name NUL session.
outcome group_state::apply(snapshot const& what)
{
    snapshot::reply page{.cursor = {}, .last = events_.last(), .now = now_, .members = {}, .dead = {}};
    for (auto const& [deadline, lease] : leases_.order())
    {
        if (now_ < deadline || !what.cursor.empty())
            break;
        if (is_session(lease))
            page.dead.push_back(lease);
    }

    auto from = members_.begin();
    std::size_t limit = members_.size();
    std::size_t bytes = 0;
    std::size_t most = snapshot::whole_bytes;
    if (!what.cursor.empty() || !fits_whole())
    {
        limit = std::max<std::size_t>(what.limit, 1);
        most = snapshot::page_bytes;
        auto const cut = what.cursor.rfind('\0');
        if (cut != std::string::npos)
            from = members_.upper_bound({what.cursor.substr(0, cut), what.cursor.substr(cut + 1)});
    }
    for (; from != members_.end() && page.members.size() < limit && bytes <= most; ++from)
    {
        auto const& [key, record] = *from;
        bytes += size_of(key.first, key.second, record.value);
        page.members.push_back({key.first, key.second, record.joined_at, record.value});
    }
    if (from != members_.end())
        page.cursor = page.members.back().name + '\0' + page.members.back().session;
    return {{}, std::move(page)};
}

bool group_state::fits_whole() const
{
    if (members_.size() > snapshot::whole)
        return false;
    std::size_t bytes = 0;
    for (auto const& [key, record] : members_)
        bytes += size_of(key.first, key.second, record.value);
    return bytes <= snapshot::whole_bytes;
}

outcome group_state::apply(history const& what)
{
    return {{}, events_.since(what)};
}

std::optional<core::event> group_state::publish(std::vector<change> changes)
{
    return events_.add(std::move(changes), instant_);
}

std::vector<push> group_state::told(std::optional<core::event> const& event)
{
    return event ? std::vector<push>{*event} : std::vector<push>{};
}

}  // namespace coterie::store::memory
