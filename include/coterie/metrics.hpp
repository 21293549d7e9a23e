// What a client counts.
#ifndef COTERIE_METRICS_HPP
#define COTERIE_METRICS_HPP

#include <chrono>
#include <cstdint>

namespace coterie {

struct metrics
{
    std::uint64_t beats = 0;             // leases renewed
    std::uint64_t late_beats = 0;        // of these: confirmed after the lease had become uncertain
    std::uint64_t failed_beats = 0;      // not confirmed: no connection, no reply, or refused
    std::uint64_t connects = 0;          // connections for commands made; the first one included
    std::uint64_t sessions = 0;          // leases opened
    std::uint64_t lost_sessions = 0;     // leases that ended while they were wanted
    std::uint64_t lost_locks = 0;        // locks whose holder was told that they are lost
    std::uint64_t resyncs = 0;           // snapshots taken because history did not reach back
    std::uint64_t repaired_gaps = 0;     // lost events made good from history
    std::uint64_t epochs = 0;            // times that a store was found to have lost its data
    std::uint64_t clock_steps = 0;       // times that the server's clock was moved by more than half a second between two beats
    std::uint64_t events = 0;            // events applied
    std::uint64_t reaped = 0;            // calls that found something to end
    std::uint64_t memo_gets = 0;         // memoised results that were asked for
    std::uint64_t memo_local_hits = 0;   // of these: found in the local cache
    std::uint64_t generations = 0;       // generators begun
    std::uint64_t lost_generations = 0;  // of these: gave a result that was not kept, as their lease was over

    // How long after the deadline this client announced what it was waiting for.
    std::chrono::microseconds lateness_total{};
    std::chrono::microseconds lateness_max{};
};

}  // namespace coterie

#endif
