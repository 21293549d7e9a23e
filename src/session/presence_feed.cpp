#include "presence_feed.hpp"

#include <algorithm>

namespace coterie::session {
namespace {

bool is_same(core::presence_state const& a, core::presence_state const& b)
{
    return a.what == b.what && a.since == b.since && a.text == b.text && a.value == b.value;
}

}  // namespace

presence_feed::presence_feed(hub& shared, std::string address, store::presence_tempo how, std::chrono::milliseconds beat,
                             std::shared_ptr<bool const> closed, std::function<std::shared_ptr<void>()> keep_alive)
    : hub_{shared}
    , address_{std::move(address)}
    , tempo_{how}
    , beat_{beat}
    , closed_{std::move(closed)}
    , keep_alive_{std::move(keep_alive)}
    , changed_{shared.strand(), shared.time()}
{
    hub_.attach(*this);
}

presence_feed::~presence_feed()
{
    hub_.detach(*this);
}

task<error_code> presence_feed::add(std::shared_ptr<presence_stream> stream, std::optional<std::vector<std::string>> ids,
                                    std::shared_ptr<caller_base> asking)
{
    auto* const reader = stream.get();
    ++opening_;
    auto unknown = ids ? begin_to_read(*reader, *ids) : std::vector<std::string>{};
    auto failed = co_await follow(asking);
    if (!failed && ids)
        failed = co_await look(std::move(unknown), false, asking);
    else if (!failed)
        failed = co_await begin_to_read_all(*reader, asking);
    --opening_;
    if (failed && ids)
        remove(reader, *ids);
    else if (failed)
        remove(reader);
    stop_if_unread();
    co_return failed;
}

task<error_code> presence_feed::begin_to_read_all(presence_stream& reader, std::shared_ptr<caller_base> asking)
{
    whole_.insert(&reader);
    error_code failed;
    if (!all_read_)
        failed = co_await read_all(false, asking);
    for (auto const& [id, one] : read_)
        if (!failed && one.looked_up && one.state.what > status::offline)
            reader.push(id, one.state, false);
    co_return failed;
}

// Those of them that are to be looked up.
std::vector<std::string> presence_feed::begin_to_read(presence_stream& reader, std::vector<std::string> const& ids)
{
    std::vector<std::string> unknown;
    for (auto const& id : ids)
    {
        auto& one = read_[id];
        one.readers.insert(&reader);
        if (one.looked_up)
            reader.push(id, one.state, false);
        else
            unknown.push_back(id);
    }
    return unknown;
}

void presence_feed::remove(presence_stream const* stream, std::vector<std::string> const& ids)
{
    auto* const reader = const_cast<presence_stream*>(stream);
    for (auto const& id : ids)
        if (auto const one = read_.find(id); one != read_.end() && one->second.readers.erase(reader) != 0 && is_unread(one->second))
            read_.erase(one);
    stop_if_unread();
}

void presence_feed::remove(presence_stream const* stream)
{
    auto* const reader = const_cast<presence_stream*>(stream);
    if (whole_.erase(reader) != 0 && whole_.empty())
        ++deserted_;
    for (auto& [id, one] : read_)
        one.readers.erase(reader);
    all_read_ = all_read_ && !whole_.empty();
    std::erase_if(read_, [this](auto const& each) { return is_unread(each.second); });
    stop_if_unread();
}

// While all is read, those who are there are kept; and while it is being read, who has gone: a page may be older than what an event told.
bool presence_feed::is_unread(known const& one) const
{
    return one.readers.empty() && (whole_.empty() || (one.state.what <= status::offline && reading_all_ == 0));
}

void presence_feed::stop_if_unread()
{
    if (((is_read() || opening_ > 0) && !*closed_) || !followed_)
        return;
    followed_ = all_read_ = false;
    read_.clear();
    hub_.unwatch(this, {address_});
    changed_.notify();
}

void presence_feed::close()
{
    whole_.clear();
    ++deserted_;
    read_.clear();
    stop_if_unread();
    changed_.notify();
}

// Sees to it that events are heard, and that it is known from which on.
task<error_code> presence_feed::follow(std::shared_ptr<caller_base> asking)
{
    while (!followed_)
    {
        if (*closed_)
            co_return errc::closed;
        if (std::exchange(following_, true))
        {
            if (!co_await changed_.wait(asking->deadline) && !followed_)
                co_return errc::not_connected;
            continue;
        }
        auto failed = co_await begin_watch(hub_, this, address_);
        if (!failed || failed == errc::not_connected)  // the wish is kept: on_gap() follows when it comes true
        {
            store::look_up nobody;
            nobody.how = tempo_;
            auto const looked = co_await ask(hub_, address_, std::move(nobody), asking, closed_);
            failed = looked.ec;
            reached_ = looked.value.last;
        }
        following_ = false;
        followed_ = !failed && !*closed_;
        if (!followed_)
            hub_.unwatch(this, {address_});
        changed_.notify();
        auto const missed = meanwhile_.take();
        if (failed)
            co_return failed;
        for (auto const& event : missed)
            on_event(event);
        next_beat_ = hub_.now();
        if (!std::exchange(timing_, true))
            spawn(hub_.strand(), [this, alive = keep_alive_()] { return watch_deadlines(); });
    }
    co_return error_code{};
}

task<error_code> presence_feed::look(std::vector<std::string> ids, bool resynced, std::shared_ptr<caller_base> asking)
{
    for (std::size_t begin = 0; begin < ids.size(); begin += store::appear::most)
    {
        auto const end = std::min(begin + store::appear::most, ids.size());
        store::look_up operation;
        operation.how = tempo_;
        operation.ids.assign(ids.begin() + static_cast<std::ptrdiff_t>(begin), ids.begin() + static_cast<std::ptrdiff_t>(end));
        auto const looked = co_await ask(hub_, address_, std::move(operation), asking, closed_);
        if (looked.ec)
            co_return looked.ec;
        for (auto i = begin; i < end; ++i)
            if (read_.contains(ids[i]))  // else nobody wants to know any more
                tell(ids[i], looked.value.states[i - begin], looked.value.last, resynced);
    }
    co_return error_code{};
}

// Those who are not there any more are looked up one by one.
task<error_code> presence_feed::read_all(bool resynced, std::shared_ptr<caller_base> asking)
{
    ++reading_all_;
    auto const failed = co_await read_pages(resynced, asking);
    if (--reading_all_ == 0)
        std::erase_if(read_, [this](auto const& each) { return is_unread(each.second); });
    co_return failed;
}

task<error_code> presence_feed::read_pages(bool resynced, std::shared_ptr<caller_base> asking)
{
    std::set<std::string> seen;
    store::roll_call operation{.how = tempo_, .cursor = {}};
    bool more = true;
    auto const since = deserted_;
    while (more && deserted_ == since)  // else nobody wants to know any more, or somebody who reads for himself
    {
        auto const connection = hub_.generation();
        auto const page = co_await ask(hub_, address_, operation, asking, closed_);
        if (page.ec)
            co_return page.ec;
        for (auto const& [id, state] : page.value.states)
        {
            seen.insert(id);
            tell(id, state, page.value.last, resynced);
        }
        more = !page.value.cursor.empty();
        bool const same = hub_.generation() == connection;  // else it may be a server that knows another place by that cursor
        operation.cursor = same ? page.value.cursor : std::string{};
        more = more || !same;
    }
    all_read_ = all_read_ || deserted_ == since;  // whoever comes now need not wait for those who have gone
    std::vector<std::string> missing;
    for (auto const& [id, one] : read_)
        if (!seen.contains(id))
            missing.push_back(id);
    co_return co_await look(std::move(missing), resynced, asking);
}

// A state as of a revision, unless something newer is known.
void presence_feed::tell(std::string const& id, core::presence_state const& state, core::revision at, bool resynced)
{
    bool const existed = read_.contains(id);
    if (!existed && whole_.empty())
        return;
    if (reached_ == 0 && at != 0)
        reached_ = nowhere;
    auto const one = read_.try_emplace(id).first;
    auto& entry = one->second;
    if (at < entry.at)
        return;
    bool const news = !is_same(entry.state, state);
    bool const first = !std::exchange(entry.looked_up, true);  // an event tells all there is, too
    // Those who are away are not kept for who reads all: if somebody else asks for one of them, that is no news.
    bool const known_away = existed && first && all_read_ && state.what <= status::offline;
    entry.state = state;
    entry.at = at;
    for (auto* const reader : entry.readers)
        if (news || first)
            reader->push(id, state, resynced);
    for (auto* const reader : whole_)
        if (news && !known_away)
            reader->push(id, state, resynced);
    if (is_unread(entry))
        read_.erase(one);
}

}  // namespace coterie::session
