// Who sets a timer for the next death, and for when. Everybody would be right and cost the server a call a connector and death;
// so each connector draws at its own beat, and about `watchers` of them keep a chain of timers until their next beat.
#ifndef COTERIE_SRC_CORE_REAPER_HPP
#define COTERIE_SRC_CORE_REAPER_HPP

#include "event.hpp"
#include "time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace coterie::core {

// With 32 expected, the chance that nobody watches for one beat is e^-32.
constexpr std::uint64_t watchers = 32;

// `leases`: of those who draw, too. The dead do not, and if most have died at once they must not count, or nobody would look for them.
// `chance` is random in [0, 1).
inline bool draws_watch(std::uint64_t leases, double chance)
{
    return chance * static_cast<double>(leases) < static_cast<double>(watchers);
}

// How long after the reply to look for the dead: not before the deadline, spread a little so that one of the watchers finds
// the work and the others find it done.
inline duration reap_delay(server_time now, server_time deadline, std::uint64_t leases, double chance)
{
    constexpr std::chrono::microseconds apart{250};
    auto const spread = static_cast<double>(std::min(leases, watchers)) * static_cast<double>(duration{apart}.count()) * chance;
    return std::max(duration{deadline - now}, duration::zero()) + duration{static_cast<duration::rep>(spread)};
}

}  // namespace coterie::core

#endif
