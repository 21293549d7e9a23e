#include "leader_checker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace coterie::checkers {

void leader_checker::on_term(std::uint64_t term, std::string const& member)
{
    auto& known = leaders_[term];
    auto const undone = std::ranges::count_if(undone_, [&](auto const& each) { return each.first < term && term <= each.second; });
    if (!known.contains(member) && known.size() > static_cast<std::size_t>(undone))
        throw violation{fmt::format("leaders: term {} is that of {} and of {}", term, fmt::join(known, ", "), member)};
    known.insert(member);
}

void leader_checker::on_seen(leader_seen const& seen)
{
    auto const broken = [&](std::string const& what) {
        throw violation{
            fmt::format("leaders: reader {} at revision {} is told of term {}: {}", seen.reader, seen.revision, seen.term, what)};
    };
    if (seen.term != 0)
        on_term(seen.term, seen.member);
    if (seen.term != 0)  // (a leader past his deadline is left out of what a reader begins with)
        if (auto const [truth, first] = truths_.try_emplace(seen.revision, seen.term); truth->second != seen.term)
            broken(fmt::format("another was told of {}", truth->second));
    auto const [known, added] = readers_.try_emplace(seen.reader, seen);
    if (added)
        return;
    auto& before = known->second;
    auto& newest = newest_[seen.reader];
    newest = std::max(newest, before.term);
    bool const is_over = seen.revision == 0 && seen.term == 0;  // the group is forgotten, but for its fences
    if (seen.revision <= before.revision && !is_over && may_go_back_[seen.reader]-- <= 0)
        broken(fmt::format("it was at {} before", before.revision));
    if (seen.term != 0 && seen.term < newest)
    {
        if (may_be_earlier_.erase(seen.reader) == 0)
            broken(fmt::format("it was at term {} before", newest));
        newest = seen.term;
    }
    if (seen.term == before.term && seen.member == before.member && seen.value == before.value)
        broken("that is no change");
    before = seen;
}

void leader_checker::forget(int reader)
{
    readers_.erase(reader);
    may_go_back_.erase(reader);
    may_be_earlier_.erase(reader);
    newest_.erase(reader);
}

void leader_checker::on_lost()
{
    truths_.clear();
    for (auto const& [number, seen] : readers_)
        ++may_go_back_[number];
}

void leader_checker::on_replica_behind()
{
    known_to_replica_ = leaders_.empty() ? 0 : leaders_.rbegin()->first;
}

void leader_checker::on_failover(std::uint64_t time)
{
    undone_.emplace_back(known_to_replica_, time);
    on_lost();
    for (auto const& [number, seen] : readers_)
        may_be_earlier_.insert(number);
}

void leader_checker::require_all_know(std::uint64_t term) const
{
    for (auto const& [number, seen] : readers_)
        if (seen.term != term)
            throw violation{fmt::format("leaders: reader {} knows of term {} in the end, it is {}", number, seen.term, term)};
}

}  // namespace coterie::checkers
