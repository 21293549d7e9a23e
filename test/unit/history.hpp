// Random histories of a group, as a store would write them, and what a reader knows who folds what he is told.
#ifndef COTERIE_TEST_UNIT_HISTORY_HPP
#define COTERIE_TEST_UNIT_HISTORY_HPP

#include "src/core/roster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace unit {

namespace core = coterie::core;

// Few names, sessions and values, so that they meet often.
class history
{
public:
    explicit history(unsigned seed) : random_{seed} {}

    core::event next()
    {
        core::event event;
        event.previous = last_;
        event.id = last_ = std::max(last_ + 1, static_cast<core::revision>(time_ += below(3)) * 1000);
        for (auto count = 1 + below(4); count > 0; --count)
            if (auto const change = a_change())
                event.changes.push_back(*change);
        return event;
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }

    // What a store would answer now.
    core::roster snapshot() const
    {
        std::vector<core::record> all;
        for (auto const& [key, record] : records_)
            all.push_back(record);
        return {last_, all};
    }

private:
    std::optional<core::change> a_change()
    {
        std::string const name(1, static_cast<char>('a' + below(4)));
        core::session_id const session{std::string(16, static_cast<char>('0' + below(3)))};
        std::string const value(1, static_cast<char>('u' + below(3)));
        auto const known = records_.find({name, session});
        if (known == records_.end())
        {
            core::record const fresh{name, session, core::server_time{std::chrono::milliseconds{time_}}, value};
            records_[{name, session}] = fresh;
            return core::change{core::change_kind::joined, fresh};
        }
        if (below(2) == 0)
        {
            records_.erase(known);
            return core::change{core::change_kind::left, {name, session, {}, {}}};
        }
        if (known->second.value == value)
            return std::nullopt;
        known->second.value = value;
        return core::change{core::change_kind::updated, known->second};
    }

    std::mt19937 random_;
    core::revision last_ = 0;
    std::size_t time_ = 1;
    std::map<std::pair<std::string, core::session_id>, core::record> records_;
};

// Name and value of each member.
using membership = std::map<std::string, std::string>;

inline membership seen_in(core::roster const& from)
{
    membership result;
    from.for_each([&](core::record const& each) { result[each.name] = each.value; });
    return result;
}

// Folds a step, and looks whether it makes sense to a reader who knows `members`.
inline void fold(membership& members, core::delta const& step)
{
    std::string last;
    for (auto const& each : step.changes)
    {
        auto const& name = each.member.name;
        BOOST_TEST(last < name);  // each name at most once, sorted
        last = name;
        BOOST_TEST(members.contains(name) == (each.kind != core::change_kind::joined), name);
        if (each.kind == core::change_kind::left)
            members.erase(name);
        else
            members[name] = each.member.value;
    }
}

}  // namespace unit

#endif
