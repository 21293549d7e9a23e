// How a feed follows the events of its shard, finds those it missed, and sees to it that nobody stays whose time is over.
#include "../core/reaper.hpp"
#include "presence_feed.hpp"

namespace coterie::session {

void presence_feed::on_event(core::event const& event)
{
    if (following_ || repairing_)
    {
        again_ = !meanwhile_.keep(event) || again_;
        return;
    }
    if (!followed_)
        return;
    if (event.is_look())
    {
        if (watches_)
            due_ = hub_.now();
        changed_.notify();
    }
    else if (event.previous == reached_)
        apply(event);
    else if (event.id > reached_)
        catch_up();
}

void presence_feed::apply(core::event const& event)
{
    reached_ = event.id;
    for (auto const& change : event.changes)
        if (auto const state = core::to_state(change.member))
            tell(change.member.name, *state, event.id, false);
}

void presence_feed::catch_up()
{
    again_ = true;
    if (followed_ && !std::exchange(repairing_, true))
        spawn(hub_.strand(), [this, alive = keep_alive_()] { return repair(); });
}

task<> presence_feed::repair()
{
    while (std::exchange(again_, false) && followed_)
    {
        if (auto const failed = co_await repair_once(); failed && failed != errc::closed)
        {
            hub_.log(log_level::warning, "presence {}: events could not be caught up: {}", address_, failed.message());
            again_ = true;
            co_await changed_.wait(hub_.now() + core::backoff::cap);
        }
    }
    repairing_ = false;
    for (auto const& event : meanwhile_.take())
        on_event(event);  // a gap asks for another round
}

task<error_code> presence_feed::repair_once()
{
    for (bool more = true; more && followed_;)
    {
        store::history operation;
        operation.after = reached_;
        auto const page = co_await ask(hub_, address_, operation, nullptr, closed_);
        if (page.ec)
            co_return page.ec;
        if (page.value.compacted)
        {
            // What is known may be of other data, under larger revisions.
            reached_ = page.value.last;
            std::vector<std::string> ids;
            for (auto& [id, one] : read_)
            {
                one.at = 0;
                ids.push_back(id);
            }
            ++hub_.count().resyncs;
            error_code failed;
            if (!whole_.empty())
                failed = co_await read_all(true, nullptr);
            else
                failed = co_await look(std::move(ids), true, nullptr);
            if (failed)
                reached_ = nowhere;
            co_return failed;
        }
        if (!page.value.events.empty())
            ++hub_.count().repaired_gaps;
        for (auto const& event : page.value.events)
            apply(event);
        more = !page.value.events.empty() && reached_ < page.value.last;
    }
    co_return error_code{};
}

task<> presence_feed::watch_deadlines()
{
    while (followed_ && !*closed_)
    {
        auto const next = std::min(next_beat_, due_.value_or(next_beat_));
        if (hub_.now() < next)
            co_await changed_.wait(next);
        else
            co_await lapse();
    }
    timing_ = false;
}

// Who watches is drawn at each beat: core/reaper.hpp.
task<> presence_feed::lapse()
{
    bool const beat = hub_.now() >= next_beat_;
    auto const reached = reached_;
    due_.reset();
    store::lapse operation;
    operation.how = tempo_;
    auto const lapsed = co_await ask(hub_, address_, operation, nullptr, closed_);
    if (beat)
        next_beat_ = hub_.now() + beat_ - std::chrono::duration_cast<core::duration>(beat_ * hub_.chance() / 20);
    if (lapsed.ec)
    {
        if (lapsed.ec != errc::closed)
            co_await changed_.wait(hub_.now() + core::backoff::cap);
        co_return;
    }
    auto const& seen = lapsed.value;
    if (beat)
        watches_ = core::draws_watch(seen.watchers, hub_.chance());
    if (watches_ && seen.next_deadline && !due_)
        due_ = hub_.now() + core::reap_delay(seen.now, *seen.next_deadline, seen.watchers, hub_.chance());
    if (seen.last < reached)
        catch_up();  // the store lost its newest events
    else if (seen.last > reached_)
        spawn(hub_.strand(), [this, alive = keep_alive_(), newest = seen.last] { return catch_up_later(newest); });
}

task<> presence_feed::catch_up_later(core::revision expected)
{
    signal pause{hub_.strand(), hub_.time()};
    co_await pause.wait(hub_.now() + push_delay);
    if (followed_ && reached_ < expected)
        catch_up();
}

}  // namespace coterie::session
