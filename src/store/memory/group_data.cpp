#include "group_state.hpp"

#include "../../core/glob.hpp"

#include <coterie/error.hpp>

#include <algorithm>

namespace coterie::store::memory {

outcome group_state::apply(put const& what)
{
    if (what.life == lifetime::ephemeral)
        if (auto const error = refuse(what.who))
            return {error, {}};
    if (what.if_absent && living_value(what.path))
        return {{}, put::reply{is_own_value(what)}};  // true: by an earlier try

    remove_value(what.path, what.who.session);
    switch (what.life)
    {
    case lifetime::persistent: keep_[what.path] = what.value; break;
    case lifetime::ephemeral:
        data_[what.path] = {what.life, what.who.session, what.value};
        held_[what.who.session].insert('e' + what.path);
        break;
    case lifetime::term:
        data_[what.path] = {what.life, {}, what.value};
        leases_.set(value_term(what.path), now_ + what.term);
        outlive(now_ + what.term);
        break;
    }
    return {{}, put::reply{true}};
}

outcome group_state::apply(get const& what)
{
    get::reply answer;
    if (auto const* value = living_value(what.path))
        answer.value = *value;
    return {{}, std::move(answer)};
}

outcome group_state::apply(erase const& what)
{
    bool const living = living_value(what.path) != nullptr;
    remove_value(what.path, what.session);
    return {{}, erase::reply{living}};
}

// The cursor is `d` or `k` (data or keep), and the last path looked at.
outcome group_state::apply(list const& what)
{
    list::reply page;
    std::size_t budget = std::max<std::size_t>(what.limit, 1);
    auto const scan = [&](auto const& paths, char kind) {
        bool const inside = !what.cursor.empty() && what.cursor[0] == kind;
        auto at = inside ? paths.upper_bound(what.cursor.substr(1)) : paths.begin();
        for (; at != paths.end() && budget > 0; ++at, --budget)
        {
            if (core::glob_match(what.pattern, at->first) && living_value(at->first))
                page.paths.push_back(at->first);
            page.cursor = kind + at->first;
        }
        if (at == paths.end())
            page.cursor.clear();
        else if (page.cursor.empty())
            page.cursor = kind;
        return at == paths.end();
    };
    if ((!what.cursor.empty() && what.cursor[0] == 'k') || scan(data_, 'd'))
        scan(keep_, 'k');
    return {{}, std::move(page)};
}

bool group_state::is_own_value(put const& what) const
{
    auto const known = data_.find(what.path);
    return known != data_.end() && known->second.life == lifetime::ephemeral && what.life == lifetime::ephemeral &&
           known->second.session == what.who.session && known->second.value == what.value;
}

std::string const* group_state::living_value(std::string const& path) const
{
    if (auto const kept = keep_.find(path); kept != keep_.end())
        return &kept->second;
    auto const known = data_.find(path);
    if (known == data_.end())
        return nullptr;
    auto const& record = known->second;
    return leases_.alive(record.life == lifetime::term ? value_term(path) : std::string{record.session}, now_) ? &record.value : nullptr;
}

// `held` forgets only what the session removes itself. Another session goes on naming what was its own: a reap compares before it
// takes.
void group_state::remove_value(std::string const& path, session_id const& by)
{
    keep_.erase(path);
    auto const known = data_.find(path);
    if (known == data_.end())
        return;
    auto const& record = known->second;
    if (record.life == lifetime::term)
        leases_.erase(value_term(path));
    else if (auto const held = held_.find(by); held != held_.end() && record.session == by)
        held->second.erase('e' + path);
    data_.erase(known);
}

}  // namespace coterie::store::memory
