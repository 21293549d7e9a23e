#include "memo_cache.hpp"

#include <algorithm>
#include <utility>

namespace coterie::core {
namespace {

std::size_t size_of(memo_cache::value const& value)
{
    return value ? value->size() : 0;
}

}  // namespace

std::optional<memo_cache::value> memo_cache::find(std::string_view id, local_time now)
{
    std::lock_guard const guard{mutex_};
    auto const found = places_.find(id);
    if (found == places_.end() || !found->second->kept || now >= found->second->until)
        return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->kept;
}

bool memo_cache::admit(std::string const& id, std::vector<std::string>& evicted)
{
    std::lock_guard const guard{mutex_};
    if (most_entries_ == 0 || id.size() + overhead > most_bytes_ || look_up(id) != nullptr)
        return false;
    entries_.push_front({.id = id});
    places_[entries_.front().id] = entries_.begin();
    bytes_ += weight(entries_.front());
    while (entries_.size() > most_entries_ || bytes_ > most_bytes_)
        evict_last(evicted);
    return true;
}

bool memo_cache::confirm(std::string_view id)
{
    std::lock_guard const guard{mutex_};
    auto* const one = look_up(id);
    if (one != nullptr)
        one->ticket = ++tickets_;
    return one != nullptr;
}

void memo_cache::forget(std::string_view id)
{
    std::lock_guard const guard{mutex_};
    auto const found = places_.find(id);
    if (found == places_.end())
        return;
    auto const place = found->second;
    bytes_ -= weight(*place);
    places_.erase(found);
    entries_.erase(place);
}

std::uint64_t memo_cache::ticket(std::string_view id)
{
    std::lock_guard const guard{mutex_};
    auto const* const one = look_up(id);
    return one == nullptr ? 0 : one->ticket;
}

std::vector<std::string> memo_cache::put(std::string_view id, std::uint64_t ticket, std::uint64_t fence, value given, local_time until)
{
    std::vector<std::string> evicted;
    std::lock_guard const guard{mutex_};
    auto* const one = look_up(id);
    if (one == nullptr || ticket == 0 || one->ticket != ticket || fence < one->newest)
        return evicted;
    drop(*one);
    if (id.size() + size_of(given) + overhead > most_bytes_)
        return evicted;
    bytes_ -= weight(*one);
    one->newest = fence;
    one->kept = std::move(given);
    one->until = until;
    bytes_ += weight(*one);
    while (bytes_ > most_bytes_)
        evict_last(evicted);
    return evicted;
}

void memo_cache::outdate(std::string_view id, std::uint64_t fence)
{
    std::lock_guard const guard{mutex_};
    auto* const one = look_up(id);
    if (one == nullptr || fence <= one->newest)
        return;
    one->newest = fence;
    drop(*one);
}

void memo_cache::distrust()
{
    std::lock_guard const guard{mutex_};
    for (auto& one : entries_)
    {
        drop(one);
        if (one.ticket != 0)
            one.ticket = ++tickets_;
    }
}

std::vector<std::string> memo_cache::shut()
{
    std::vector<std::string> evicted;
    std::lock_guard const guard{mutex_};
    most_entries_ = 0;
    while (!entries_.empty())
        evict_last(evicted);
    return evicted;
}

std::size_t memo_cache::weight(entry const& one) const
{
    return overhead + one.id.size() + (one.kept ? size_of(*one.kept) : 0);
}

void memo_cache::drop(entry& one)
{
    bytes_ -= weight(one);
    one.kept.reset();
    bytes_ += weight(one);
}

// What is looked up is used.
memo_cache::entry* memo_cache::look_up(std::string_view id)
{
    auto const found = places_.find(id);
    if (found == places_.end())
        return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &*found->second;
}

void memo_cache::evict_last(std::vector<std::string>& evicted)
{
    bytes_ -= weight(entries_.back());
    places_.erase(entries_.back().id);
    evicted.push_back(std::move(entries_.back().id));
    entries_.pop_back();
}

}  // namespace coterie::core
