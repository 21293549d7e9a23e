// What must be true of what streams of members tell: folding it gives the membership at the reported revision, each member's join and
// leave alternate, revisions grow, and all readers are told the same.
#ifndef COTERIE_TEST_CHECKERS_EVENT_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_EVENT_CHECKER_HPP

#include "violation.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace coterie::checkers {

using membership = std::map<std::string, std::string>;  // name -> value

std::string text(membership const&);

// Of several sessions under one name the first one's value counts, for who knows of it.
struct member_record
{
    std::string value{};
    std::string session{};

    bool operator==(member_record const&) const = default;
};
using member_records = std::map<std::string, std::vector<member_record>>;  // by name

// One change, as a reader got it.
struct change_seen
{
    int reader = 0;
    std::uint64_t revision = 0;
    membership joined{};
    std::vector<std::string> left{};
    membership updated{};
    bool resynced = false;
    std::set<std::string> living{};  // sessions, by now
};

class event_checker
{
public:
    // The membership at that revision, by the store itself. Where it is not told, those readers must agree who are known to lack nobody, by
    // what was told of an earlier revision.
    void on_truth(std::uint64_t revision, member_records const&);
    void on_truth(std::uint64_t revision, membership const&);  // nobody is left out of it

    void on_change(change_seen const&);

    // Whether this reader was told that this one is a member.
    bool knows(int reader, std::string const& name) const;

    // The readers of a process that has died are not asked any more.
    void forget(int reader) { readers_.erase(reader); }

    // When all is quiet, and all was read: everybody knows exactly these.
    void require_all_know(membership const&) const;

    std::size_t compared() const { return compared_; }  // changes with a revision whose truth was known

private:
    struct view
    {
        bool begun = false;
        bool compared = false;  // with what the store told, since it began or was resynced
        std::uint64_t revision = 0;
        membership known{};
        std::set<std::string> dead{};  // sessions that it may not have heard of when it began or was resynced: they were past their
                                       // deadlines, and not announced yet
    };

    void compare(view&, change_seen const&);

    std::map<std::uint64_t, member_records> truths_;
    std::map<std::uint64_t, membership> views_;
    std::map<int, view> readers_;
    std::size_t compared_ = 0;
};

}  // namespace coterie::checkers

#endif
