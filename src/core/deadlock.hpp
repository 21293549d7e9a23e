// Who waits for whom, and in a circle.
#ifndef COTERIE_SRC_CORE_DEADLOCK_HPP
#define COTERIE_SRC_CORE_DEADLOCK_HPP

#include <compare>
#include <string>
#include <vector>

namespace coterie::core {

struct party
{
    std::string session;
    std::string member;

    auto operator<=>(party const&) const = default;
};

// Somebody who waits for a lock, and those who hold it.
struct wait
{
    party who;
    std::string lock;
    std::vector<party> holders;

    bool operator==(wait const&) const = default;
};

// Waits that go round in a circle: each one's lock is held by the next, the last one's by the first. Of several the one with the fewest steps
// from `from`, a lock that one of them waits for; none: empty. Who waits for what he holds himself is in no circle: it may be another coroutine of his that
// will give it back.
std::vector<wait> find_circle(std::vector<wait> const& waits, std::string const& from);

}  // namespace coterie::core

#endif
