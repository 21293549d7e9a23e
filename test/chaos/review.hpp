// Looks through the history of a run for broken promises.
#ifndef COTERIE_TEST_CHAOS_REVIEW_HPP
#define COTERIE_TEST_CHAOS_REVIEW_HPP

#include "history.hpp"
#include "words.hpp"

#include "test/checkers/violation.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::chaos {

// Reads lines of the kinds it knows, in the order of time, and hands them to a checker.
class reviewer
{
public:
    virtual ~reviewer() = default;
    virtual void read(entry const&, words const&) = 0;  // throws checkers::violation
};

std::unique_ptr<reviewer> review_locks(history const&);
std::unique_ptr<reviewer> review_members(history const&, bool values);
std::unique_ptr<reviewer> review_leaders();
std::unique_ptr<reviewer> review_presence();
std::unique_ptr<reviewer> review_results();

// What `views` of all say must be what those told who rest: lines "stays TOPIC WHAT".
void review_rest(history const&, std::vector<std::string> const& views);

// All of them. How many lines there were of each kind. Throws a violation, with the lines around it. No views: it never came to rest.
std::map<std::string, std::size_t> review(history const&, std::optional<std::vector<std::string>> const& views);

inline checkers::moment moment_of(nanoseconds time)
{
    return std::chrono::floor<checkers::moment>(time);
}

}  // namespace coterie::chaos

#endif
