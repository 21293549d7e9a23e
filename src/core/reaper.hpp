// Who sets a timer for the next death, and for when. Everybody would be right and cost the server a call a connector and death;
// so each connector draws at its own beat, and about `watchers` of them keep a chain of timers until their next beat. The dead do not
// draw, so they must not be counted, or nobody would look for them if most have died at once: who beats is counted, by a count of all beats.
#ifndef COTERIE_SRC_CORE_REAPER_HPP
#define COTERIE_SRC_CORE_REAPER_HPP

#include "event.hpp"
#include "time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coterie::core {

// With 32 expected, the chance that nobody watches for one beat is e^-32.
constexpr std::uint64_t watchers = 32;

// `others`: who draw, too. `chance` is random in [0, 1).
inline bool draws_watch(std::uint64_t others, double chance)
{
    return chance * static_cast<double>(others) < static_cast<double>(watchers);
}

// How many draw while one's own draw is good: no more than have beaten since one's own last beat, however often each of them does.
class beat_count
{
public:
    // `beats`: of the group, ever. `lately`: leases that were renewed lately, or look like that by their deadlines.
    std::uint64_t on_beat(std::uint64_t beats, std::uint64_t lately)
    {
        auto const before = std::exchange(last_, beats);
        return before != 0 && before < beats ? std::min(beats - before, lately) : lately;
    }

private:
    std::uint64_t last_ = 0;
};

// Whoever sees at his beat that this long after a death nobody has told of it, watches, whatever he drew: those who should have are dead, too.
inline bool nobody_watches(server_time now, std::optional<server_time> deadline)
{
    return deadline && *deadline + std::chrono::milliseconds{100} <= now;
}

// How long after the reply to look for the dead: not before the deadline, spread a little so that one of the watchers finds
// the work and the others find it done.
inline duration reap_delay(server_time now, server_time deadline, std::uint64_t others, double chance)
{
    constexpr std::chrono::microseconds apart{250};
    auto const spread = static_cast<double>(std::min(others, watchers)) * static_cast<double>(duration{apart}.count()) * chance;
    return std::max(duration{deadline - now}, duration::zero()) + duration{static_cast<duration::rep>(spread)};
}

}  // namespace coterie::core

#endif
