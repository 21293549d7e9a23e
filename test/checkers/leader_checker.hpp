// What must be true of what streams of leaders tell: terms grow, each has one leader, all readers are told the same at one revision,
// and no change is told that is none.
#ifndef COTERIE_TEST_CHECKERS_LEADER_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_LEADER_CHECKER_HPP

#include "violation.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace coterie::checkers {

// Of one role.
struct leader_seen
{
    int reader = 0;
    std::uint64_t revision = 0;
    std::uint64_t term = 0;  // 0: nobody leads
    std::string member{};
    std::string value{};
};

class leader_checker
{
public:
    // Somebody was told that he leads.
    void on_term(std::uint64_t term, std::string const& member);

    void on_seen(leader_seen const&);
    void forget(int reader);

    // All is lost: each reader may be told of an earlier revision, once. Terms go on growing.
    void on_lost();

    // A replica follows no more; it took over, at that time of its clock in microseconds. So the same, and earlier terms may be told
    // of; those that were given in between may be given once more: no term is far ahead of that clock.
    void on_replica_behind();
    void on_failover(std::uint64_t time);

    // When all is quiet, and all was read.
    void require_all_know(std::uint64_t term) const;

private:
    std::map<std::uint64_t, std::set<std::string>> leaders_;
    std::uint64_t known_to_replica_ = 0;                             // the largest term that surely was
    std::vector<std::pair<std::uint64_t, std::uint64_t>> undone_{};  // terms after the first one, up to the second one
    std::map<std::uint64_t, std::uint64_t> truths_;                  // revision -> term, as the first reader was told
    std::map<int, leader_seen> readers_;                             // what each was told last
    std::map<int, int> may_go_back_;                                 // so often
    std::set<int> may_be_earlier_;                                   // readers that may be told of an earlier term, once
    std::map<int, std::uint64_t> newest_;                            // the largest term that each was told of
};

}  // namespace coterie::checkers

#endif
