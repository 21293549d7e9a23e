#include "roster.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace coterie::core {
namespace {

std::optional<name_change> difference(record const* before, record const* after)
{
    if (before == nullptr && after == nullptr)
        return std::nullopt;
    if (before == nullptr)
        return name_change{change_kind::joined, *after, {}};
    if (after == nullptr)
        return name_change{change_kind::left, *before, before->value};
    if (before->value == after->value)
        return std::nullopt;
    return name_change{change_kind::updated, *after, before->value};
}

}  // namespace

// A large snapshot costs a sort: by name each goes to the end of what is there.
roster::roster(revision at, std::vector<record> records, std::set<session_id> const& dead) : at_{at}
{
    std::vector<record*> by_name;
    by_name.reserve(records.size());
    for (auto& each : records)
        if (dead.contains(each.session))
            unannounced_.insert({each.name, each.session});
        else
            by_name.push_back(&each);
    std::ranges::sort(by_name, [](record const* a, record const* b) { return std::tie(a->name, a) < std::tie(b->name, b); });
    for (auto* const each : by_name)
    {
        auto& among = names_.try_emplace(names_.end(), each->name)->second;
        put(among, std::move(*each));
    }
}

record const* roster::find(std::string_view name) const
{
    auto const found = names_.find(name);
    return found == names_.end() ? nullptr : &shown(found->second);
}

void roster::put(records_of_name& among, record member)
{
    std::erase_if(among, [&](record const& each) { return each.session == member.session; });
    auto const older = [](record const& a, record const& b) { return std::tie(a.joined_at, a.session) < std::tie(b.joined_at, b.session); };
    among.insert(std::ranges::upper_bound(among, member, older), std::move(member));
}

void roster::put(record member)
{
    auto& among = names_[member.name];
    put(among, std::move(member));
}

void roster::remove(std::string const& name, session_id const& session)
{
    auto const found = names_.find(name);
    if (found == names_.end())
        return;
    std::erase_if(found->second, [&](record const& each) { return each.session == session; });
    if (found->second.empty())
        names_.erase(found);
}

roster::applied roster::apply(event const& next, delta& out)
{
    if (next.id <= at_)
        return applied::duplicate;
    if (next.previous != at_)
        return applied::gap;

    std::map<std::string, std::optional<record>> before;
    for (auto const& each : next.changes)
    {
        auto const* known = find(each.member.name);
        before.try_emplace(each.member.name, known == nullptr ? std::nullopt : std::optional{*known});
        if (each.kind == change_kind::left)
        {
            remove(each.member.name, each.member.session);
            unannounced_.erase({each.member.name, each.member.session});
        }
        else
            put(each.member);
    }
    at_ = next.id;

    out = delta{at_, false, {}};
    for (auto const& [name, old] : before)
        if (auto change = difference(old ? &*old : nullptr, find(name)))
            out.changes.push_back(std::move(*change));
    return applied::yes;
}

delta roster::reset(roster snapshot)
{
    delta out{snapshot.at_, true, difference(*this, snapshot)};
    *this = std::move(snapshot);
    return out;
}

// What the events do not tell is taken so that their replay tells too much rather than too little: a value was another one than
// later, a member who left had joined last of all.
roster roster::rewound(revision to, std::vector<event> const& since) const
{
    constexpr char another = '\0';
    server_time const latest{std::chrono::milliseconds{to / 1000}};

    roster result = *this;
    result.at_ = to;
    for (auto next = since.rbegin(); next != since.rend(); ++next)
        for (auto each = next->changes.rbegin(); each != next->changes.rend(); ++each)
        {
            auto const& [name, session, joined_at, value] = each->member;
            switch (each->kind)
            {
            case change_kind::joined: result.remove(name, session); break;
            case change_kind::updated: result.put({name, session, joined_at, value + another}); break;
            case change_kind::left: result.put({name, session, latest, {another}}); break;
            }
        }
    return result;
}

delta roster::from_nothing() const
{
    return {at_, false, difference({}, *this)};
}

std::vector<name_change> difference(roster const& before, roster const& after)
{
    std::vector<name_change> result;
    before.for_each([&](record const& old) {
        if (auto change = difference(&old, after.find(old.name)))
            result.push_back(std::move(*change));
    });
    after.for_each([&](record const& now) {
        if (before.find(now.name) == nullptr)
            result.push_back({change_kind::joined, now, {}});
    });
    std::sort(result.begin(), result.end(), [](auto const& a, auto const& b) { return a.member.name < b.member.name; });
    return result;
}

}  // namespace coterie::core
