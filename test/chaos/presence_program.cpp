// Who is there: told by several, some of them of the same ids; read, and watched.
#include "programs.hpp"
#include "words.hpp"

#include <fmt/ranges.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace coterie::chaos {
namespace {

using names = std::vector<std::string>;

// What one worker says of his ids, and has to say again before its time is over.
class teller
{
public:
    explicit teller(worker& me) : me_{me}
    {
        for (auto const* each : {"0", "1"})
            ids_.push_back(fmt::format("u{}.{}", me.here.slot, each));
        ids_.emplace_back("z");  // of which several tell
    }

    asio::awaitable<void> act()
    {
        constexpr std::array kinds{status::online, status::busy, status::away, status::offline};
        auto const& id = ids_[me_.below(ids_.size())];
        auto const what = kinds[me_.below(kinds.size())];
        co_await tell(names(1, id), static_cast<int>(what));
    }

    asio::awaitable<void> refresh()
    {
        names there;
        for (auto const& [id, what] : told_)
            if (what != static_cast<int>(status::offline))
                there.push_back(id);
        if (!there.empty())
            co_await tell(there, no_status);
    }

    // Each id once more, with its status: whatever was lost on the way, that is how they are.
    asio::awaitable<void> repeat()
    {
        for (auto const& id : ids_)
            co_await tell(names(1, id), told_.try_emplace(id, static_cast<int>(status::offline)).first->second);
    }

    void tell_what_stays() const
    {
        for (auto const& [id, what] : told_)
            if (!is_shared(id))
                me_.log.tell("stays presence {}={}", id, what);
    }

private:
    // (A vector of names written in braces is one of those things that g++ 12 cannot keep in a coroutine.)
    asio::awaitable<void> tell(names ids, int what)
    {
        auto const number = me_.next_number();
        me_.log.tell("tells {} {} {} {}", number, what, me_.here.slot, fmt::join(ids, " "));
        std::optional<error_code> failed;
        if (what == no_status)
        {
            auto const [error, result] = co_await me_.presence.async_online(ids, as_tuple);
            failed = !error && !result.failed.empty() ? result.failed.front().error : error;
        }
        else if (what == static_cast<int>(status::offline))
        {
            auto const [error, result] = co_await me_.presence.async_offline(ids, as_tuple);
            failed = !error && !result.failed.empty() ? result.failed.front().error : error;
        }
        else
        {
            auto const [error, result] = co_await me_.presence.async_set_status(ids, static_cast<status>(what), as_tuple);
            failed = !error && !result.failed.empty() ? result.failed.front().error : error;
        }
        me_.log.tell("told {} {}", number, *failed ? "failed" : "done");
        if (what != no_status)
            for (auto const& id : ids)
                told_[id] = what;
    }

    worker& me_;
    names ids_;
    std::map<std::string, int> told_;  // as far as it was told
};

asio::awaitable<void> read_some(worker& me)
{
    names const ids{fmt::format("u{}.0", me.below(me.here.slots)), fmt::format("u{}.1", me.below(me.here.slots)), "z"};
    auto const asked = journal::now();
    auto const [failed, states] = co_await me.presence.async_status(ids, as_tuple);
    if (failed)
        co_return;
    std::string told;
    for (auto const& each : states)
        if (!each.error)
            told += fmt::format(" {}={}", each.id, static_cast<int>(each.status));
    me.log.tell("read {}{}", asked.count(), told);
}

}  // namespace

asio::awaitable<void> say_who_is_there(worker& me)
{
    teller mine{me};
    for (int i = 0; me.busy(); ++i)
    {
        co_await mine.act();
        co_await mine.refresh();
        co_await read_some(me);
        co_await worker::pause(me.up_to(presence_ttl / 3));
    }
    if (!me.closing())
        mine.tell_what_stays();
    while (!me.closing())
    {
        co_await mine.repeat();
        co_await worker::pause(presence_ttl / 4);
    }
}

asio::awaitable<void> watch_presence(worker& me)
{
    while (!me.closing())
    {
        auto [failed, events] = co_await me.presence.async_watch(as_tuple);
        if (failed)
        {
            co_await worker::pause(100ms);
            continue;
        }
        auto const reader = me.next_number();
        std::map<std::string, int> known;
        for (auto left = 50 + me.below(500); left > 0; --left)
        {
            auto const [broken, change] = co_await events.async_next(as_tuple);
            if (broken || !change)
                co_return;
            std::string told;
            for (auto const& each : change->changes)
            {
                auto const what = static_cast<int>(each.status);
                told += fmt::format(" {}={}@{}", each.id, what, each.since.time_since_epoch().count());
                if (each.status > status::offline)
                    known[each.id] = what;
                else
                    known.erase(each.id);
            }
            me.log.tell("notes {} {}{}", reader, change->resynced ? "resynced" : "next", told);
            auto& seen = me.seen["presence"];
            seen.clear();
            for (auto const& [id, what] : known)
                seen += fmt::format("{}{}={}", seen.empty() ? "" : ",", id, what);
        }
    }
}

}  // namespace coterie::chaos
