// metrics, as they are counted: on the strand, read from any thread.
#ifndef COTERIE_SRC_SESSION_COUNTERS_HPP
#define COTERIE_SRC_SESSION_COUNTERS_HPP

#include "../core/time.hpp"

#include <coterie/metrics.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace coterie::session {

struct counters
{
    using count = std::atomic<std::uint64_t>;

    count beats{0}, late_beats{0}, failed_beats{0}, connects{0}, sessions{0}, lost_sessions{0}, lost_locks{0}, resyncs{0}, repaired_gaps{0},
        epochs{0}, clock_steps{0}, events{0}, reaped{0}, memo_gets{0}, memo_local_hits{0}, generations{0}, lost_generations{0};
    std::atomic<std::int64_t> lateness_total{0}, lateness_max{0};  // us

    void late(std::chrono::microseconds by)
    {
        ++reaped;
        lateness_total += by.count();
        if (by.count() > lateness_max)
            lateness_max = by.count();
    }

    metrics read() const
    {
        metrics result;
        result.beats = beats;
        result.late_beats = late_beats;
        result.failed_beats = failed_beats;
        result.connects = connects;
        result.sessions = sessions;
        result.lost_sessions = lost_sessions;
        result.lost_locks = lost_locks;
        result.resyncs = resyncs;
        result.repaired_gaps = repaired_gaps;
        result.epochs = epochs;
        result.clock_steps = clock_steps;
        result.events = events;
        result.reaped = reaped;
        result.memo_gets = memo_gets;
        result.memo_local_hits = memo_local_hits;
        result.generations = generations;
        result.lost_generations = lost_generations;
        result.lateness_total = std::chrono::microseconds{lateness_total};
        result.lateness_max = std::chrono::microseconds{lateness_max};
        return result;
    }
};

}  // namespace coterie::session

#endif
