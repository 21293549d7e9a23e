// Members that come and go, and what the streams of members and leaders tell of them.
#include "programs.hpp"

#include <array>
#include <map>
#include <set>
#include <string>

namespace coterie::chaos {
namespace {

std::string text(std::map<std::string, std::string> const& members)
{
    std::string result;
    for (auto const& [name, value] : members)
        result += (result.empty() ? "" : ",") + name + "=" + value;
    return result;
}

// Tells of a change, and folds it.
void take(worker& me, int reader, char const* kind, member_change const& change, std::map<std::string, std::string>& known)
{
    std::string words;
    for (auto const& name : change.left)
    {
        known.erase(name);
        words += " -" + name;
    }
    auto const set = [&](char sign, std::string const& name) {
        auto const& value = known[name] = change.find(name)->value;
        words += fmt::format(" {}{}={}", sign, name, value);
    };
    for (auto const& name : change.joined)
        set('+', name);
    for (auto const& name : change.updated)
        set('*', name);
    me.log.tell("change {} {} {}{}", reader, change.revision, change.resynced ? "resynced" : kind, words);
    me.seen["members"] = text(known);
}

}  // namespace

asio::awaitable<void> join_and_leave(worker& me)
{
    // The last two are those of several workers.
    std::array const names{fmt::format("w{}.0", me.here.slot), fmt::format("w{}.1", me.here.slot), std::string{"x"}, std::string{"y"}};
    std::set<std::string> here;
    for (int i = 0; me.busy(); ++i)
    {
        auto const& name = names[me.below(names.size())];
        auto const value = fmt::format("{}.{}", me.here.number, i);
        if (me.one_in(3))
        {
            co_await me.group.async_leave(name, as_tuple);
            here.erase(name);
        }
        else if (here.contains(name) && me.one_in(2))
        {
            co_await me.group.async_update(name, value, as_tuple);
        }
        else
        {
            auto const [failed] = co_await me.group.async_join(name, value, as_tuple);
            if (!failed)
                here.insert(name);
        }
        co_await worker::pause(me.up_to(600ms));
    }
    if (me.closing())
        co_return;
    for (auto const& name : here)
        me.log.tell("stays members {}", name);
}

asio::awaitable<void> watch_members(worker& me)
{
    int reader = me.next_number();
    std::map<std::string, std::string> known;
    watch_options options;
    while (!me.closing())
    {
        auto [failed, events] = co_await me.group.async_watch(options, as_tuple);
        if (failed)
        {
            co_await worker::pause(100ms);
            continue;
        }
        bool first = true;
        bool replays = options.from_revision.has_value();
        for (auto left = 50 + me.below(500); left > 0; --left)
        {
            auto const [broken, change] = co_await events.async_next(as_tuple);
            if (broken || !change)
                co_return;
            if (std::exchange(first, false) && change->resynced)
            {
                reader = me.next_number();  // it forgets what it knew
                replays = false;
                known.clear();
            }
            take(me, reader, replays ? "replayed" : "next", *change, known);
            options.from_revision = change->revision;
        }
        if (me.one_in(2))
        {
            options.from_revision.reset();
            reader = me.next_number();
            known.clear();
        }
    }
}

asio::awaitable<void> watch_leaders(worker& me)
{
    while (!me.closing())
    {
        auto [failed, events] = co_await me.group.async_watch_leader("role", as_tuple);
        if (failed)
        {
            co_await worker::pause(100ms);
            continue;
        }
        auto const reader = me.next_number();
        for (auto left = 5 + me.below(50); left > 0; --left)
        {
            auto const [broken, change] = co_await events.async_next(as_tuple);
            if (broken || !change)
                co_return;
            auto const& leader = change->leader;
            me.log.tell("sees {} {} {} {} {}", reader, change->revision, leader ? leader->term : 0, leader ? leader->member : "-",
                        leader ? leader->value : "-");
            me.seen["leader"] = leader ? leader->value : "nobody";
        }
    }
}

}  // namespace coterie::chaos
