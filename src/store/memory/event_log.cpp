#include "event_log.hpp"

#include "../../core/limits.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace coterie::store::memory {
namespace {

// Of a string as it stands in an event.
std::size_t size_of(std::string const& text)
{
    return std::to_string(text.size()).size() + 1 + text.size();
}

// As it would stand in the stream: both kinds of store end a page of history at the same event.
std::size_t size_of(core::event const& event)
{
    std::size_t bytes = 32;
    for (auto const& [kind, member] : event.changes)
    {
        bytes += 1 + size_of(member.name) + member.session.size();
        if (kind != core::change_kind::left)
            bytes += 13 + size_of(member.value);
    }
    return bytes;
}

}  // namespace

std::optional<core::event> event_log::add(std::vector<core::change> changes, instant now)
{
    if (changes.empty())
        return std::nullopt;
    auto const anchor = static_cast<revision>(now.time_since_epoch().count());
    core::event event{std::max(last_ + 1, anchor), last_, std::move(changes)};
    last_ = event.id;
    events_.push_back(event);
    if (events_.size() > length)
        events_.pop_front();
    return event;
}

std::vector<core::event> event_log::add_all(std::vector<core::change> changes, instant now)
{
    std::vector<core::event> result;
    std::vector<core::change> whole;
    std::size_t weight = 0;
    for (auto& change : changes)
    {
        weight += change.member.value.size();
        whole.push_back(std::move(change));
        if (weight >= core::max_value)
        {
            result.push_back(*add(std::exchange(whole, {}), now));
            weight = 0;
        }
    }
    if (auto const last = add(std::move(whole), now))
        result.push_back(*last);
    return result;
}

history::reply event_log::since(history const& what) const
{
    auto const first = std::partition_point(events_.begin(), events_.end(),
                                            [&](core::event const& event) { return event.id <= what.after; });
    auto const count = std::min<std::ptrdiff_t>(events_.end() - first, what.limit);

    history::reply answer{.compacted = false, .events = {}, .last = last_};
    auto const known = count > 0 ? first->previous : last_;
    answer.compacted = known != what.after;
    if (answer.compacted)
        return answer;
    std::size_t bytes = 0;
    for (auto next = first; next != first + count && bytes < history::bytes; ++next)
    {
        answer.events.push_back(*next);
        bytes += size_of(*next);
    }
    return answer;
}

void event_log::clear()
{
    events_.clear();
    last_ = 0;
}

}  // namespace coterie::store::memory
