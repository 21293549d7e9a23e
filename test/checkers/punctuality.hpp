// What must have happened by some time: an expiry announced, a lock handed over, a connection made again, a waiter woken.
#ifndef COTERIE_TEST_CHECKERS_PUNCTUALITY_HPP
#define COTERIE_TEST_CHECKERS_PUNCTUALITY_HPP

#include "violation.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace coterie::checkers {

class punctuality
{
public:
    // In words that are different for each expectation. The later time counts if it is expected already.
    void expect(std::string const& what, moment by)
    {
        auto& known = due_[what];
        known = std::max(known, by);
    }

    // It has, at that time; or it is not expected any more. Nothing happens if it was not expected.
    void happened(std::string const& what, moment at)
    {
        auto const known = due_.find(what);
        if (known == due_.end())
            return;
        if (at > known->second)
            late(*known, at);
        due_.erase(known);
    }
    void excuse(std::string const& what) { due_.erase(what); }
    template <class Predicate>
    void excuse_if(Predicate which)
    {
        std::erase_if(due_, [&](auto const& one) { return which(one.first); });
    }
    void excuse_all() { due_.clear(); }

    // Is anything overdue?
    void look(moment now) const
    {
        for (auto const& one : due_)
            if (now > one.second)
                late(one, now);
    }

private:
    [[noreturn]] static void late(std::pair<std::string const, moment> const& one, moment at)
    {
        throw violation{"punctuality: " + one.first + " was due at " + std::to_string(seconds(one.second)) + ", and it is " +
                        std::to_string(seconds(at))};
    }

    std::map<std::string, moment> due_;
};

}  // namespace coterie::checkers

#endif
