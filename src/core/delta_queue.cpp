#include "delta_queue.hpp"

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

void merging::add(delta next)
{
    at_ = next.at;
    resynced_ = resynced_ || next.resynced;
    for (auto& change : next.changes)
    {
        auto const found = by_name_.find(change.member.name);
        if (found == by_name_.end())
        {
            auto name = change.member.name;
            by_name_.emplace(std::move(name), std::move(change));
        }
        else if (auto both = merged(found->second, change))
            found->second = std::move(*both);
        else
            by_name_.erase(found);
    }
}

delta merging::take()
{
    delta result{at_, resynced_, {}};
    result.changes.reserve(by_name_.size());
    for (auto& [name, change] : by_name_)
        result.changes.push_back(std::move(change));
    by_name_.clear();
    return result;
}

delta merged(delta first, delta second)
{
    merging both{std::move(first)};
    both.add(std::move(second));
    return both.take();
}

}  // namespace coterie::core
