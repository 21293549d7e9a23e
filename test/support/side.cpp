#include "side.hpp"

#include "src/core/role.hpp"

#include <algorithm>

namespace coterie::test {
namespace {

template <class Value>
std::size_t ordinal(std::vector<Value>& seen, Value const& value)
{
    auto const found = std::find(seen.begin(), seen.end(), value);
    if (found == seen.end())
        seen.push_back(value);
    return static_cast<std::size_t>(std::find(seen.begin(), seen.end(), value) - seen.begin());
}

template <class Text>
std::string sorted(std::vector<Text> list)
{
    std::sort(list.begin(), list.end());
    std::string result;
    for (auto const& text : list)
        result.append(" ").append(text);
    return result;
}

std::string yes(bool value)
{
    return value ? "yes" : "no";
}

}  // namespace

side::side(std::string const& kind, std::string const& address) : bench_{kind}, client_{bench_, address}
{
    auto const failed = client_.watch();
    BOOST_REQUIRE_MESSAGE(!failed, "watch: " << failed.message());
}

std::vector<std::string> side::state(std::vector<std::string> const& locks)
{
    std::vector<std::string> result{"members " + say(store::snapshot{}), "history " + say(store::history{.after = 0, .limit = 5000})};
    for (auto const& name : locks)
        result.push_back("lock " + name + ": " + say(store::inspect{name}));
    for (auto const& path : client_.list("*"))
        result.push_back("path " + path + ": " + say(store::get{path}));
    return result;
}

std::vector<std::string> side::pushed()
{
    auto const last = client_.history(0)->last;
    bench_.run_until([&] { return last == 0 || (!client_.events.empty() && client_.events.back().id == last); });
    std::vector<std::string> result;
    for (auto const& event : client_.events)
        result.push_back(words(event));
    for (auto const& grant : client_.grants)
        result.push_back("granted " + std::to_string(grant.place) + "@" + grant.session + " fence " +
                         std::to_string(ordinal(fences_, grant.fence)));
    return result;
}

std::vector<std::string> side::news_until(std::string const& bytes)
{
    bench_.run_until([&] { return !client_.news.empty() && client_.news.back().bytes == bytes; });
    std::vector<std::string> result;
    for (auto const& told : std::exchange(client_.news, {}))
        result.push_back(words(told));
    return result;
}

std::uint64_t side::fence(std::size_t number) const
{
    return number < fences_.size() ? fences_[number] : 1;
}

std::uint64_t side::highest_fence() const
{
    auto const highest = std::max_element(fences_.begin(), fences_.end());
    return highest == fences_.end() ? 0 : *highest;
}

core::revision side::revision(std::size_t number) const
{
    return number < revisions_.size() ? revisions_[number] : 0;
}

std::string side::words(core::server_time time) const
{
    if (time == core::server_time{})
        return "never";
    auto const left = time - bench_.now();
    return left < 5min ? "now" : std::to_string((left + 5min) / 10min);  // one millisecond is now or past, as the server may be slow
}

std::string side::words(store::horizon const& seen)
{
    return std::to_string(seen.leases) + " leases, next " + (seen.next_deadline ? words(*seen.next_deadline) : "none");
}

// The time of an election is told by pushes alone, which are compared later.
std::string side::joined_at(core::record const& member)
{
    if (core::is_role(member.name))
        return "when elected";
    auto const key = std::pair{member.name, member.session};
    auto const known = joined_.find(key);
    return known != joined_.end() && known->second.contains(member.joined_at) ? "then" : "at another time";
}

std::string side::words(core::event const& event)
{
    std::vector<std::string> changes;
    for (auto const& [kind, member] : event.changes)
    {
        if (kind == core::change_kind::joined)
            joined_[{member.name, member.session}].insert(member.joined_at);
        changes.push_back(std::string{static_cast<char>(kind)} + member.name + "@" + member.session + "=" + value_of(member) + " " +
                          (kind == core::change_kind::left ? words(member.joined_at) : joined_at(member)));
    }
    auto const id = ordinal(revisions_, event.id);
    auto const before = event.previous == 0 ? "start" : std::to_string(ordinal(revisions_, event.previous));
    return "event " + std::to_string(id) + " after " + before + sorted(changes);
}

// A leader's holds his fence.
std::string side::value_of(core::record const& member)
{
    auto const leader = core::is_role(member.name) ? core::unpack_leader(member.value) : std::nullopt;
    return leader ? leader->member + "=" + leader->value + " fence " + std::to_string(ordinal(fences_, leader->term)) : member.value;
}

std::string side::words(std::optional<core::event> const& event)
{
    return event ? words(*event) : "no event";
}

std::string side::words(store::claim const& held)
{
    std::string names;
    for (auto const& name : held.names)
        names += name + " ";
    return names + "of " + held.owner + "@" + held.session + " place " + std::to_string(held.place) + " " + static_cast<char>(held.mode) +
           " fence " + (held.fence == 0 ? "none" : std::to_string(ordinal(fences_, held.fence))) + (held.fixed ? " fixed" : "");
}

std::string side::words(store::open::reply const& reply)
{
    return "epoch " + std::to_string(ordinal(epochs_, reply.epoch)) + ", " + words(reply.seen);
}

std::string side::words(store::beat::reply const& reply)
{
    return words(reply.seen) + ", last " + std::to_string(reply.last == 0 ? 0 : ordinal(revisions_, reply.last) + 1);
}

std::string side::words(store::join::reply const& reply)
{
    return std::to_string(reply.matched) + " matched, " + words(reply.event);
}

std::string side::words(store::leave::reply const& reply)
{
    return std::to_string(reply.left) + " left, " + words(reply.event);
}

std::string side::words(store::snapshot::reply const& reply)
{
    std::vector<std::string> members;
    for (auto const& member : reply.members)
        members.push_back(member.name + "@" + member.session + "=" + value_of(member) + " " + joined_at(member));
    return "last " + std::to_string(reply.last == 0 ? 0 : ordinal(revisions_, reply.last) + 1) + sorted(members) + " dead" +
           sorted(reply.dead) + " more " + yes(!reply.cursor.empty());
}

std::string side::words(store::history::reply const& reply)
{
    auto result = "compacted " + yes(reply.compacted) + ", last " +
                  std::to_string(reply.last == 0 ? 0 : ordinal(revisions_, reply.last) + 1);
    for (auto const& event : reply.events)
        result += "; " + words(event);
    return result;
}

std::string side::words(store::lock::reply const& reply)
{
    return reply.granted ? "granted, fence " + std::to_string(ordinal(fences_, reply.fence)) : "busy until " + words(reply.deadline);
}

std::string side::words(store::acquire::reply const& reply)
{
    if (reply.granted)
        return "granted, fence " + std::to_string(ordinal(fences_, reply.fence));
    return reply.waiting ? "waiting" : "busy until " + words(reply.deadline);
}

std::string side::words(store::withdraw::reply const& reply)
{
    return "waited " + yes(reply.waited) + ", held " + yes(reply.held);
}

std::string side::words(store::unlock::reply const& reply)
{
    return "released " + yes(reply.released) + ", waited " + yes(reply.waited);
}

std::string side::words(store::force::reply const& reply)
{
    return "released " + yes(reply.released);
}

std::string side::words(store::verify::reply const& reply)
{
    std::string result = "held";
    for (bool const held : reply.held)
        result += " " + yes(held);
    return result;
}

std::string side::words(store::inspect::reply const& reply)
{
    std::string result = "held";
    for (auto const& [holder, deadline] : reply.holders)
        result += " by " + words(holder) + " until " + words(deadline);
    for (auto const& [wanted, since] : reply.waiters)
        result += ", waited for by " + words(wanted) + " since " + words(since);
    return result;
}

std::string side::words(store::waiting::reply const& reply)
{
    std::string result = "waiting, more " + yes(!reply.cursor.empty());
    for (auto const& [lock, wanted] : reply.entries)
        result += ", for " + lock + " " + words(wanted);
    return result;
}

std::string side::words(store::proclaim::reply const& reply)
{
    return "held " + yes(reply.held);
}

std::string side::words(store::leader::reply const& reply)
{
    if (!reply.elected)
        return "nobody leads";
    return "led by " + reply.elected->session + " " + value_of(*reply.elected) + " until " + words(reply.deadline);
}

std::string side::words(store::reap::reply const& reply)
{
    return words(reply.seen) + ", due" + sorted(reply.due) + ", " + words(reply.event);
}

std::string side::words(store::close::reply const& reply)
{
    return "done " + yes(reply.done) + ", " + words(reply.event);
}

std::string side::words(store::put::reply const& reply)
{
    return "stored " + yes(reply.stored);
}

std::string side::words(store::get::reply const& reply)
{
    return reply.value ? "value " + *reply.value : "nothing";
}

std::string side::words(store::erase::reply const& reply)
{
    return "erased " + yes(reply.erased);
}

std::string side::words(store::memo_look::reply const& reply)
{
    std::string result = "now " + words(reply.now) + ", ";
    if (reply.found)
    {
        auto const& record = *reply.found;
        result += (record.negative ? "negative " : "value ") + record.value + " fence " + std::to_string(ordinal(fences_, record.fence)) +
                  " made " + words(record.made) + " fresh until " + words(record.fresh_until) + " cost " +
                  std::to_string(record.cost.count());
    }
    if (reply.generates)
        result += ", generates, fence " + std::to_string(ordinal(fences_, *reply.generates));
    if (reply.busy_until)
        result += ", busy until " + words(*reply.busy_until) + ", fence " + std::to_string(ordinal(fences_, reply.busy_fence));
    return result;
}

std::string side::words(store::memo_publish::reply const& reply)
{
    return "published " + yes(reply.published);
}

std::string side::words(store::memo_release::reply const& reply)
{
    return "released " + yes(reply.released);
}

std::string side::words(store::memo_renew::reply const& reply)
{
    return reply.deadline ? "until " + words(*reply.deadline) : "lost";
}

std::string side::words(store::memo_store::reply const& reply)
{
    return "stored, fence " + std::to_string(ordinal(fences_, reply.fence));
}

std::string side::words(store::memo_erase::reply const& reply)
{
    return "erased " + yes(reply.erased) + ", fence " + std::to_string(ordinal(fences_, reply.fence));
}

std::string side::words(store::news const& told)
{
    return std::string{static_cast<char>(told.what)} + " fence " + std::to_string(ordinal(fences_, told.fence)) + " made " +
           words(told.made) + " fresh until " + words(told.fresh_until) + " cost " + std::to_string(told.cost.count()) + " large " +
           yes(told.large) + " " + told.bytes;
}

}  // namespace coterie::test
