// Keys by their deadline, as in a sorted set: the earliest is known at once.
#ifndef COTERIE_SRC_STORE_MEMORY_DEADLINES_HPP
#define COTERIE_SRC_STORE_MEMORY_DEADLINES_HPP

#include "../../core/event.hpp"

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace coterie::store::memory {

class deadlines
{
public:
    using time = core::server_time;

    void set(std::string const& key, time when)
    {
        auto const [known, added] = times_.try_emplace(key, when);
        if (!added)
        {
            order_.erase({known->second, key});
            known->second = when;
        }
        order_.emplace(when, key);
    }

    bool erase(std::string const& key)
    {
        auto const known = times_.find(key);
        if (known == times_.end())
            return false;
        order_.erase({known->second, key});
        times_.erase(known);
        return true;
    }

    std::optional<time> find(std::string const& key) const
    {
        auto const known = times_.find(key);
        return known == times_.end() ? std::nullopt : std::optional{known->second};
    }

    // Is there such a key, and is its deadline still to come?
    bool alive(std::string const& key, time now) const
    {
        auto const known = times_.find(key);
        return known != times_.end() && now < known->second;
    }

    std::optional<time> next() const { return order_.empty() ? std::nullopt : std::optional{order_.begin()->first}; }

    // All of them, the earliest first.
    std::set<std::pair<time, std::string>> const& order() const noexcept { return order_; }

    std::size_t size() const noexcept { return times_.size(); }
    // Both ends belong to them. Costs what the others cost.
    std::size_t count(time first, time last) const
    {
        auto const begin = order_.lower_bound({first, {}});
        auto const end = order_.lower_bound({last + time::duration{1}, {}});
        return size() - static_cast<std::size_t>(std::distance(order_.begin(), begin) + std::distance(end, order_.end()));
    }

    bool empty() const noexcept { return times_.empty(); }

    void clear()
    {
        times_.clear();
        order_.clear();
    }

private:
    std::map<std::string, time> times_;
    std::set<std::pair<time, std::string>> order_;
};

}  // namespace coterie::store::memory

#endif
