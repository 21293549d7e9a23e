// The holder's view of a lease: when to beat, and what may still be believed. It ends earlier than the server's view, by a margin,
// because it counts from the moment a confirmed request was sent. Once lost it stays lost, whichever thread saw it first.
// (Timestamp before the request, expire early by a margin: userver's dist_lock does the same.)
#ifndef COTERIE_SRC_CORE_LEASE_HPP
#define COTERIE_SRC_CORE_LEASE_HPP

#include "time.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace coterie::core {

enum class lease_state
{
    held,
    uncertain,
    lost,
};

class lease
{
public:
    // The margin covers clocks that run at different speeds, and the way from a look at the state to the act that relies on it.
    // Of the shortest leases it leaves a half.
    static duration margin(duration ttl)
    {
        return std::min(std::clamp<duration>(ttl / 50, std::chrono::milliseconds{2}, std::chrono::milliseconds{200}), ttl / 2);
    }

    // `sent`: when the request was sent that the store confirmed. `beat`: zero for a lease that is never renewed.
    lease(local_time sent, duration ttl, duration beat)
        : safe_{ttl - margin(ttl)}
        , grace_{beat == duration::zero() ? duration::zero() : (safe_ - beat) / 2}
        , deadline_{ticks(sent + safe_)}
    {
    }

    // A later request was confirmed. False: too late, the lease was lost before.
    bool renew(local_time sent, local_time now)
    {
        auto seen = deadline_.load();
        while (seen != ended && ticks(now) < seen)
            if (deadline_.compare_exchange_weak(seen, std::max(seen, ticks(sent + safe_))))
                return true;
        end();
        return false;
    }

    void end() { deadline_.store(ended); }

    lease_state state(local_time now)
    {
        auto seen = deadline_.load();
        while (seen != ended && ticks(now) >= seen)
            if (deadline_.compare_exchange_weak(seen, ended))
                return lease_state::lost;
        if (seen == ended)
            return lease_state::lost;
        return ticks(now) >= seen - grace_.count() ? lease_state::uncertain : lease_state::held;
    }

    // What the holder may rely on. The past, once it is lost.
    local_time deadline() const { return local_time{duration{deadline_.load()}}; }

    // From here on a beat is overdue.
    local_time overdue() const { return deadline() - grace_; }

private:
    static constexpr duration::rep ended = duration::min().count() / 2;  // room for sums
    static duration::rep ticks(local_time time) { return time.time_since_epoch().count(); }

    duration const safe_;
    duration const grace_;
    std::atomic<duration::rep> deadline_;
};

}  // namespace coterie::core

#endif
