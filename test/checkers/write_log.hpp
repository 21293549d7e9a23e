// What may be read where several write at once, and some writes come late, twice or never: the core of the checkers of data and presence.
#ifndef COTERIE_TEST_CHECKERS_WRITE_LOG_HPP
#define COTERIE_TEST_CHECKERS_WRITE_LOG_HPP

#include "violation.hpp"

#include <algorithm>
#include <list>
#include <string>
#include <vector>

namespace coterie::checkers {

struct write
{
    std::string value{};
    moment asked{};
    moment answered = moment::max();  // with success; else never
    moment last = moment::max();      // no effect of it comes after this
};

class write_log
{
public:
    using token = std::list<write>::iterator;

    token begin(std::string value, moment asked) { return writes_.insert(writes_.end(), write{std::move(value), asked}); }

    // `straggle`: for so long an earlier try of it may still be on its way, and take effect once more.
    void end(token which, moment at, bool success, moment straggle)
    {
        which->answered = success ? at : moment::max();
        which->last = at + straggle;
    }

    // A replica without the newest writes took over, or all is lost: nothing is certain that was written before.
    void on_lost(moment at, moment longer = {})
    {
        lost_ = at;
        for (auto& each : writes_)
        {
            each.answered = moment::max();
            each.last = each.last == moment::max() ? each.last : each.last + longer;
        }
    }

    // Whose value may be there at some moment of these. A null: that of nobody. `counts`: which writes to look at.
    template <class Predicate>
    std::vector<write const*> possible(moment from, moment to, Predicate counts) const
    {
        std::vector<write const*> result;
        moment settled = moment::min();  // a write that was asked for then had taken effect before, and is the newest of these
        for (auto const& each : writes_)
            if (counts(each) && each.answered < from)
                settled = std::max(settled, each.asked);
        if (settled <= lost_)
            result.push_back(nullptr);
        for (auto const& each : writes_)
            if (counts(each) && each.asked <= to && each.last >= settled)
                result.push_back(&each);
        return result;
    }

    // How many may have taken effect at that time.
    std::size_t at_work(moment at, moment precision) const
    {
        return static_cast<std::size_t>(
            std::ranges::count_if(writes_, [&](auto const& each) { return each.asked <= at + precision && each.last >= at - precision; }));
    }

    // Could it be that nobody wrote anything for that long, from the one write to the other?
    bool may_pause(write const& first, write const& second, moment pause) const
    {
        moment before = first.asked;
        for (auto const& each : writes_)
            if (each.asked > first.asked && each.asked < second.asked && each.answered != moment::max())
            {
                if (each.answered - before >= pause)
                    return true;
                before = each.asked;
            }
        return second.last == moment::max() || second.last - before >= pause;
    }

private:
    std::list<write> writes_;
    moment lost_ = moment::min();
};

}  // namespace coterie::checkers

#endif
