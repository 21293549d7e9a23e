// What may be read where several write at once, and some writes come late, twice or never: the core of the checkers of data and presence.
// A question costs as much as there are writes that it is about, however long the history is.
#ifndef COTERIE_TEST_CHECKERS_WRITE_LOG_HPP
#define COTERIE_TEST_CHECKERS_WRITE_LOG_HPP

#include "violation.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <ranges>
#include <set>
#include <string>
#include <vector>

namespace coterie::checkers {

struct write
{
    std::string value{};
    moment asked{};
    moment answered = moment::max();  // with success; else never
    moment last = moment::max();      // no effect of it comes after this
    moment term = moment::max();      // what it wrote is there for so long
};

class write_log
{
public:
    using token = std::size_t;

    // In the order in which they are asked for.
    token begin(std::string value, moment asked, moment term = moment::max())
    {
        if (!writes_.empty() && asked < writes_.back().write.asked)
            throw std::logic_error{"a write is told of after a later one"};
        writes_.push_back(
            {{.value = std::move(value), .asked = asked, .term = term}, writes_.empty() ? moment::min() : writes_.back().lasting});
        endless_.insert(endless_.end(), writes_.size() - 1);
        return writes_.size() - 1;
    }

    // `straggle`: for so long an earlier try of it may still be on its way, and take effect once more.
    void end(token which, moment at, bool success, moment straggle)
    {
        auto& ended = writes_.at(which).write;
        ended.answered = success ? at : moment::max();
        ended.last = at + straggle;
        endless_.erase(which);
        for (auto i = which; i < writes_.size() && writes_[i].lasting < ended.last; ++i)
            writes_[i].lasting = ended.last;
    }

    // It has no effect.
    void withdraw(token which)
    {
        writes_.at(which).write.last = moment::min();
        endless_.erase(which);
    }

    // A replica without the newest writes took over, or all is lost: nothing is certain that was written before.
    void on_lost(moment at, moment longer = {})
    {
        lost_ = at;
        for (auto& [each, lasting] : writes_)
        {
            each.answered = moment::max();
            each.last += each.last == moment::max() ? moment{} : longer;
            lasting += lasting == moment::min() ? moment{} : longer;
        }
    }

    // Whose value may be there at some moment of these. A null: that of nobody. `counts`: which writes to look at.
    template <class Predicate>
    std::vector<write const*> possible(moment from, moment to, Predicate counts) const
    {
        std::vector<write const*> result;
        moment settled = moment::min();  // a write that was asked for then had taken effect before, and is the newest of these
        for (auto i = asked_by(from); i-- > 0 && settled == moment::min();)
            if (auto const& each = writes_[i].write; each.answered < from && counts(each))
                settled = each.asked;
        if (settled <= lost_)
            result.push_back(nullptr);
        for_each_at_work(settled, to, [&](write const& each) {
            if (counts(each))
                result.push_back(&each);
        });
        return result;
    }

    // How many may have taken effect at that time.
    std::size_t at_work(moment at, moment precision) const
    {
        std::size_t result = 0;
        for_each_at_work(at - precision, at + precision, [&](write const&) { ++result; });
        return result;
    }

    // Could it be that nobody wrote anything for that long, from the one write to the other?
    bool may_pause(write const& first, write const& second, moment pause) const
    {
        moment before = first.asked;
        for (auto i = asked_by(first.asked); i < writes_.size() && writes_[i].write.asked < second.asked; ++i)
            if (auto const& each = writes_[i].write; each.answered != moment::max())
            {
                if (each.answered - before >= pause)
                    return true;
                before = each.asked;
            }
        return second.last == moment::max() || second.last - before >= pause;
    }

private:
    struct kept
    {
        checkers::write write;
        moment lasting;  // the end of the last to end, of this and all earlier ones that end at all
    };

    // How many were asked for by then.
    std::size_t asked_by(moment when) const
    {
        return static_cast<std::size_t>(std::ranges::upper_bound(writes_, when, {}, [](kept const& each) { return each.write.asked; }) -
                                        writes_.begin());
    }

    // What was asked for by the one time, and did not end before the other.
    template <class Function>
    void for_each_at_work(moment from, moment to, Function call) const
    {
        auto rest = asked_by(to);
        for (; rest > 0 && writes_[rest - 1].lasting >= from; --rest)
            if (writes_[rest - 1].write.last >= from)
                call(writes_[rest - 1].write);
        for (auto const which : endless_)
            if (which < rest)
                call(writes_[which].write);
    }

    std::deque<kept> writes_;
    std::set<token> endless_;  // those that have not ended
    moment lost_ = moment::min();
};

}  // namespace coterie::checkers

#endif
