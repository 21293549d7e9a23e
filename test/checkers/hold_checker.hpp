// What must be true of each hold of a lock, role or permit: who has lost it knows at his deadline, with nobody telling him; lost is
// final; and as long as he believes to hold it, so does the store (his view ends before the store's).
#ifndef COTERIE_TEST_CHECKERS_HOLD_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_HOLD_CHECKER_HPP

#include "violation.hpp"

#include <optional>
#include <set>
#include <string>

namespace coterie::checkers {

// A look at a hold. Take it often.
struct hold_seen
{
    int number = 0;  // of the acquisition
    moment at{};
    bool believed = false;  // it does not say that it is lost
    moment deadline{};      // until when it says it is held
    std::optional<bool>
        in_store{};  // whether the store says so too; nothing: not looked at, or excused (by force, lost data, failover, a step of its clock)
};

class hold_checker
{
public:
    void on_seen(hold_seen const& look)
    {
        auto const broken = [&](std::string const& what) {
            throw violation{what + ": #" + std::to_string(look.number) + " at " + std::to_string(seconds(look.at)) + ", deadline " +
                            std::to_string(seconds(look.deadline))};
        };
        if (!look.believed)
        {
            lost_.insert(look.number);
            return;
        }
        if (lost_.contains(look.number))
            broken("no silent retake: it was lost, and is believed to be held again");
        if (look.at > look.deadline)
            broken("lost is known: it is believed to be held past its deadline");
        if (look.in_store == false)
            broken("lost is known: it is believed to be held, and the store gave it to nobody or another");
    }

private:
    std::set<int> lost_;
};

}  // namespace coterie::checkers

#endif
