#include "event_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace coterie::checkers {

std::string text(membership const& members)
{
    std::string result;
    for (auto const& [name, value] : members)
        result += fmt::format("{}{}={}", result.empty() ? "" : " ", name, value);
    return "{" + result + "}";
}

namespace {

std::string text_of(member_records const& all)
{
    membership result;
    for (auto const& [name, records] : all)
        for (auto const& each : records)
            result[name] += (result[name].empty() ? "" : ", or if " + records.front().session + " is left out ") + each.value;
    return text(result);
}

// Each of them under a session that lives for ever.
std::string const immortal;

member_records to_records(membership const& members)
{
    member_records result;
    for (auto const& [name, value] : members)
        result[name].push_back({value, immortal});
    return result;
}

// Can this be known of a name, if some of these sessions are not? A null: that nobody has it.
bool may_know(std::string const* value, std::vector<member_record> const& records, std::set<std::string> const& dead)
{
    for (auto const& each : records)
        if (value != nullptr && each.value == *value)
            return true;
        else if (!dead.contains(each.session))
            return false;
    return value == nullptr;
}

}  // namespace

void event_checker::on_truth(std::uint64_t revision, membership const& members)
{
    on_truth(revision, to_records(members));
}

void event_checker::on_truth(std::uint64_t revision, member_records const& members)
{
    auto const [known, added] = truths_.try_emplace(revision, members);
    if (!added && known->second != members)
        throw violation{fmt::format("events: revision {} was {}, and is {}", revision, text_of(known->second), text_of(members))};
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

void event_checker::compare(view& reader, change_seen const& change)
{
    reader.compared = reader.compared && !change.resynced;
    auto const differs = [&](std::string const& what) {
        throw violation{
            fmt::format("events: reader {} at revision {} folded {}, it was {}", change.reader, change.revision, text(reader.known), what)};
    };
    auto const truth = truths_.find(change.revision);
    if (truth == truths_.end())
    {
        if (reader.compared && reader.dead.empty())
            if (auto const known = views_.try_emplace(change.revision, reader.known).first; known->second != reader.known)
                differs(text(known->second));
        return;
    }
    ++compared_;
    std::set<std::string> there;
    for (auto const& [name, records] : truth->second)
        for (auto const& each : records)
            there.insert(each.session);
    if (!std::exchange(reader.compared, true))
        std::ranges::set_difference(there, change.living, std::inserter(reader.dead, reader.dead.end()));
    std::erase_if(reader.dead, [&](auto const& session) { return session == immortal || !there.contains(session); });

    static std::vector<member_record> const nobody;
    auto names = reader.known;
    for (auto const& [name, records] : truth->second)
        names.try_emplace(name);
    for (auto const& [name, any] : names)
    {
        auto const known = reader.known.find(name);
        auto const records = truth->second.find(name);
        if (!may_know(known == reader.known.end() ? nullptr : &known->second, records == truth->second.end() ? nobody : records->second,
                      reader.dead))
            differs(text_of(truth->second));
    }
}

bool event_checker::knows(int reader, std::string const& name) const
{
    auto const found = readers_.find(reader);
    return found != readers_.end() && found->second.known.contains(name);
}

void event_checker::require_all_know(membership const& members) const
{
    for (auto const& [number, reader] : readers_)
        if (reader.begun && reader.known != members)
            throw violation{fmt::format("events: reader {} knows {} in the end, it is {}", number, text(reader.known), text(members))};
}

}  // namespace coterie::checkers
