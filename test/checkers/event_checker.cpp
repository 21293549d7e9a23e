#include "event_checker.hpp"

#include <fmt/format.h>

#include <utility>

namespace coterie::checkers {

std::string text(membership const& members)
{
    std::string result;
    for (auto const& [name, value] : members)
        result += fmt::format("{}{}={}", result.empty() ? "" : " ", name, value);
    return "{" + result + "}";
}

void event_checker::on_truth(std::uint64_t revision, membership const& members)
{
    auto const [known, added] = truths_.try_emplace(revision, members);
    if (!added && known->second != members)
        throw violation{fmt::format("events: revision {} was {}, and is {}", revision, text(known->second), text(members))};
}

void event_checker::on_change(change_seen const& change)
{
    auto& reader = readers_[change.reader];
    auto const broken = [&](std::string const& what) {
        throw violation{fmt::format("events: reader {} at revision {}: {}", change.reader, change.revision, what)};
    };
    if (!reader.begun && change.resynced)
        reader.known.clear();
    else if (reader.begun && !change.resynced && change.revision <= reader.revision)
        broken(fmt::format("it was at {} before", reader.revision));
    reader.begun = true;
    reader.revision = change.revision;
    for (auto const& name : change.left)
        if (reader.known.erase(name) == 0)
            broken(name + " left, and was not there");
    for (auto const& [name, value] : change.joined)
        if (!reader.known.emplace(name, value).second)
            broken(name + " joined, and was there");
    for (auto const& [name, value] : change.updated)
    {
        auto const known = reader.known.find(name);
        if (known == reader.known.end())
            broken(name + " was updated, and was not there");
        known->second = value;
    }
    compare(reader, change);
}

// The dead are left out of what a reader begins with, so he is not told of their leaving.
void event_checker::compare(view& reader, change_seen const& change)
{
    auto const truth = truths_.find(change.revision);
    if (truth == truths_.end())
    {
        if (reader.compared && reader.dead.empty() && !change.resynced)
            truths_.emplace(change.revision, reader.known);
        return;
    }
    ++compared_;
    auto expected = truth->second;
    if (change.resynced || !std::exchange(reader.compared, true))
    {
        for (auto const& [name, value] : expected)
            if (auto const known = reader.known.find(name); known == reader.known.end() || known->second != value)
                reader.dead.insert(name);
    }
    else
    {
        for (auto const* const news : {&change.joined, &change.updated})
            for (auto const& [name, value] : *news)
                reader.dead.erase(name);
    }
    auto folded = reader.known;
    for (auto* const each : {&expected, &folded})
        std::erase_if(*each, [&](auto const& one) { return reader.dead.contains(one.first); });
    if (expected != folded)
        throw violation{fmt::format("events: reader {} at revision {} folded {}, it was {}", change.reader, change.revision, text(folded),
                                    text(expected))};
    std::erase_if(reader.dead, [&](auto const& name) { return !truth->second.contains(name); });
}

void event_checker::require_all_know(membership const& members) const
{
    for (auto const& [number, reader] : readers_)
        if (reader.begun && reader.known != members)
            throw violation{fmt::format("events: reader {} knows {} in the end, it is {}", number, text(reader.known), text(members))};
}

}  // namespace coterie::checkers
