#include "watcher.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <bit>
#include <set>

namespace coterie::session {

watcher::watcher(hub& shared, session& owner, std::string group, std::function<std::shared_ptr<void>()> keep_alive)
    : hub_{shared}
    , session_{owner}
    , group_{std::move(group)}
    , keep_alive_{std::move(keep_alive)}
    , changed_{shared.strand(), shared.time()}
{
}

std::vector<member> watcher::members() const
{
    std::lock_guard const guard{mutex_};
    std::vector<member> result;
    result.reserve(roster_.size());
    roster_.for_each([&](core::record const& record) {
        if (!core::is_role(record.name))
            result.push_back(to_member(group_, record));
    });
    return result;
}

core::revision watcher::revision() const
{
    std::lock_guard const guard{mutex_};
    return roster_.at();
}

task<outcome<core::roster>> watcher::read(std::shared_ptr<caller_base> asking)
{
    outcome<core::roster> result;
    for (;;)
    {
        std::vector<core::record> records;
        std::set<core::session_id> dead;
        std::optional<core::revision> first;
        std::size_t pages = 0;
        store::snapshot operation;
        do
        {
            auto page = co_await session_.call(operation, asking, persistence::bounded);
            if ((result.ec = page.ec))
                co_return result;
            first = first.value_or(page.value.last);
            if (records.empty())
                records = std::move(page.value.members);
            else
                std::ranges::move(page.value.members, std::back_inserter(records));
            dead.insert(page.value.dead.begin(), page.value.dead.end());
            operation.cursor = page.value.cursor;
            ++pages;
        } while (!operation.cursor.empty());
        result.value = core::roster{*first, std::move(records), dead};

        // What changed between the pages is in the events since the first one.
        bool compacted = false;
        for (bool more = pages > 1; more && !compacted;)
        {
            store::history since;
            since.after = result.value.at();
            auto const page = co_await session_.call(since, asking, persistence::bounded);
            if ((result.ec = page.ec))
                co_return result;
            core::delta ignored;
            for (auto const& event : page.value.events)
                result.value.apply(event, ignored);
            compacted = page.value.compacted;
            more = result.value.at() < page.value.last;
        }
        if (!compacted)
            co_return result;
        if (asking && (asking->gone() || hub_.now() >= asking->deadline))
        {
            result.ec = errc::timed_out;  // it changes faster than it can be read
            co_return result;
        }
    }
}

task<outcome<std::shared_ptr<stream>>> watcher::open(std::string role, watch_options options, std::shared_ptr<caller_base> asking)
{
    outcome<std::shared_ptr<stream>> result;
    auto const opened = make_stream(std::move(role), options.buffer);
    ++opening_;
    result.ec = co_await follow(asking);
    if (!result.ec && options.from_revision)
        result.ec = co_await replay(*opened, *options.from_revision, asking);
    else if (!result.ec)
        opened->begin(roster_.from_nothing());
    --opening_;
    if (!result.ec)
    {
        result.value = opened;
        streams_.push_back(opened);
    }
    else
        stop_following_unread();
    co_return result;
}

std::shared_ptr<stream> watcher::make_stream(std::string role, std::size_t buffer)
{
    // The last share of it is given up in any thread; the watcher hears of it on the strand, if it is still there.
    auto owned = std::make_unique<stream>(hub_.strand(), hub_.user_executor(), hub_.time(), group_, std::move(role), buffer);
    return {owned.release(), [this, strand = hub_.strand(), weak = std::weak_ptr{keep_alive_()}](stream* last) {
                asio::post(strand, [this, weak, owner = std::unique_ptr<stream>{last}] {
                    if (auto const alive = weak.lock())
                        on_stream_gone();
                });
            }};
}

// Sees to it that the roster is kept up.
task<error_code> watcher::follow(std::shared_ptr<caller_base> asking)
{
    while (!followed_)
    {
        if (closed_)
            co_return errc::closed;
        if (std::exchange(following_, true))
        {
            if (!co_await changed_.wait(asking->deadline) && !followed_)
                co_return errc::not_connected;
            continue;
        }

        auto ec = co_await begin_watch(hub_, this, group_);
        if (!ec || ec == errc::not_connected)  // the wish is kept: on_gap() follows when it comes true
        {
            auto snapshot = co_await read(asking);
            ec = snapshot.ec;
            if (!ec)
            {
                std::lock_guard const guard{mutex_};
                roster_ = std::move(snapshot.value);
            }
        }
        following_ = false;
        followed_ = !ec && !closed_;
        changed_.notify();
        if (ec)
            co_return ec;
        for (auto const& event : meanwhile_.take())
            on_event(event);
        if (again_)
            catch_up();
    }
    co_return error_code{};
}

// Brings a stream from an earlier revision to that of the roster.
task<error_code> watcher::replay(stream& opened, core::revision from, std::shared_ptr<caller_base> asking)
{
    std::vector<core::event> since;
    auto reached = from;
    while (reached < roster_.at())
    {
        store::history operation;
        operation.after = reached;
        auto page = co_await session_.call(operation, asking, persistence::bounded);
        if (page.ec)
            co_return page.ec;
        if (page.value.compacted || page.value.events.empty())
            break;
        reached = page.value.events.back().id;
        std::move(page.value.events.begin(), page.value.events.end(), std::back_inserter(since));
    }
    if (reached < roster_.at() || from > roster_.at() || !roster_.whole())
    {
        auto all = roster_.from_nothing();
        all.resynced = true;
        opened.begin(std::move(all));
        co_return error_code{};
    }

    std::erase_if(since, [this](core::event const& event) { return event.id > roster_.at(); });
    auto then = roster_.rewound(from, since);
    for (auto const& event : since)
    {
        core::delta step;
        then.apply(event, step);
        opened.push(std::move(step));
    }
    co_return error_code{};
}

void watcher::deliver(core::delta const& step)
{
    for (auto const& each : streams_)
        if (auto const open = each.lock())
            open->push(step);
}

void watcher::on_event(core::event const& event)
{
    if (following_ || buffering_)
    {
        again_ = !meanwhile_.keep(event) || again_;
        return;
    }
    if (!followed_)
        return;

    core::delta step;
    auto applied = core::roster::applied::duplicate;
    {
        std::lock_guard const guard{mutex_};
        applied = roster_.apply(event, step);
    }
    if (applied == core::roster::applied::gap)
        return catch_up();
    if (applied == core::roster::applied::yes)
    {
        ++hub_.count().events;
        deliver(step);
    }
}

void watcher::on_own_event(core::event const& event)
{
    if (followed_ && !buffering_ && event.previous == roster_.at())
        on_event(event);
}

void watcher::on_last_event(core::revision newest)
{
    if (!followed_)
        return;
    // Who is over is announced within a heartbeat, unless the server's clock went back and he lives again, or nobody may announce him.
    left_out_for_ = roster_.whole() ? 0 : left_out_for_ + 1;
    if (left_out_for_ > 1 && std::has_single_bit(left_out_for_))
    {
        anew_ = true;
        return catch_up();
    }
    if (newest == roster_.at())
        return;
    if (newest < roster_.at())
        return catch_up();  // the store lost its newest events
    spawn(hub_.strand(), [this, alive = keep_alive_(), newest] { return catch_up_later(newest); });
}

task<> watcher::catch_up_later(core::revision expected)
{
    signal pause{hub_.strand(), hub_.time()};
    co_await pause.wait(hub_.now() + push_delay);
    if (followed_ && roster_.at() < expected)
        catch_up();
}

void watcher::catch_up()
{
    if (closed_ || !(followed_ || following_))
        return;
    again_ = true;
    if (!following_ && !std::exchange(repairing_, true))
        spawn(hub_.strand(), [this, alive = keep_alive_()] { return repair(); });
}

task<> watcher::repair()
{
    while (std::exchange(again_, false) && followed_)
    {
        buffering_ = true;
        if (auto const ec = co_await repair_once(); ec && ec != errc::closed)
        {
            hub_.log(log_level::warning, "group {}: events could not be caught up: {}", group_, ec.message());
            again_ = true;
            co_await changed_.wait(hub_.now() + core::backoff::cap);
        }
        buffering_ = false;
        for (auto const& event : meanwhile_.take())
            on_event(event);  // a gap asks for another round
    }
    repairing_ = false;
}

task<error_code> watcher::repair_once()
{
    for (bool more = true; more && followed_;)
    {
        store::history operation;
        operation.after = roster_.at();
        auto page = co_await session_.call(operation, nullptr, persistence::bounded);
        if (page.ec)
            co_return page.ec;
        bool const anew = std::exchange(anew_, false);
        if (page.value.compacted || anew)
        {
            auto snapshot = co_await read(nullptr);
            if (snapshot.ec)
                co_return snapshot.ec;
            core::delta step;
            {
                std::lock_guard const guard{mutex_};
                step = roster_.reset(std::move(snapshot.value));
            }
            if (!page.value.compacted && step.changes.empty())
                co_return error_code{};
            ++hub_.count().resyncs;
            deliver(step);
            co_return error_code{};
        }
        if (!page.value.events.empty())
            ++hub_.count().repaired_gaps;
        for (auto const& event : page.value.events)
        {
            core::delta step;
            {
                std::lock_guard const guard{mutex_};
                roster_.apply(event, step);
            }
            deliver(step);
        }
        more = !page.value.events.empty() && roster_.at() < page.value.last;
    }
    co_return error_code{};
}

void watcher::on_stream_gone()
{
    std::erase_if(streams_, [](auto const& each) { return each.expired(); });
    stop_following_unread();
}

void watcher::stop_following_unread()
{
    if (!streams_.empty() || opening_ > 0 || closed_)
        return;
    followed_ = false;
    hub_.unwatch(this, {group_});
}

void watcher::close()
{
    if (std::exchange(closed_, true))
        return;
    for (auto const& each : streams_)
        if (auto const open = each.lock())
            open->end();
    if (followed_ || opening_ > 0)
        hub_.unwatch(this, {group_});
    followed_ = false;
    changed_.notify();
}

}  // namespace coterie::session
