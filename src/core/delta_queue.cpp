#include "delta_queue.hpp"

#include <map>
#include <optional>
#include <utility>

namespace coterie::core {
namespace {

std::optional<name_change> merged(name_change const& first, name_change const& second)
{
    bool const known_before = first.kind != change_kind::joined;
    bool const known_after = second.kind != change_kind::left;
    if (!known_before && !known_after)
        return std::nullopt;
    if (!known_before)
        return name_change{change_kind::joined, second.member, {}};
    if (!known_after)
        return name_change{change_kind::left, second.member, first.value_before};
    if (first.value_before == second.member.value)
        return std::nullopt;
    return name_change{change_kind::updated, second.member, first.value_before};
}

}  // namespace

delta merged(delta first, delta second)
{
    std::map<std::string, name_change> by_name;
    for (auto& change : first.changes)
        by_name.emplace(change.member.name, std::move(change));
    for (auto& change : second.changes)
    {
        auto const found = by_name.find(change.member.name);
        if (found == by_name.end())
            by_name.emplace(change.member.name, std::move(change));
        else if (auto both = merged(found->second, change))
            found->second = std::move(*both);
        else
            by_name.erase(found);
    }

    delta result{second.at, first.resynced || second.resynced, {}};
    for (auto& [name, change] : by_name)
        result.changes.push_back(std::move(change));
    return result;
}

}  // namespace coterie::core
