// One acquisition of a lock, shared by all its holds.
#ifndef COTERIE_SRC_SESSION_HELD_LOCK_HPP
#define COTERIE_SRC_SESSION_HELD_LOCK_HPP

#include "../core/lease.hpp"
#include "../store/operations.hpp"
#include "signal.hpp"

#include <atomic>
#include <memory>

namespace coterie::session {

class connector;

class held_lock
{
public:
    enum class end
    {
        none,
        lost,
        released,
    };

    held_lock(store::claim claim, std::shared_ptr<core::lease> lease, executor const& strand, clock& time)
        : claim_{std::move(claim)}
        , lease_{std::move(lease)}
        , time_{time}
        , ended_{strand, time}
    {
    }

    store::claim const& claim() const { return claim_; }
    core::lease const& lease() const { return *lease_; }

    // From any thread.
    core::lease_state state() const { return end_ == end::none ? lease_->state(time_.now()) : core::lease_state::lost; }
    core::local_time deadline() const { return end_ == end::none ? lease_->deadline() : core::local_time::min(); }

    // On the strand.
    unsigned holds = 1;
    end how() const { return end_; }
    void finish(end how)
    {
        end_ = how;
        ended_.notify();
    }
    signal& ended() { return ended_; }

private:
    store::claim claim_;
    std::shared_ptr<core::lease> lease_;
    clock& time_;
    std::atomic<end> end_ = end::none;
    signal ended_;
};

// What a coterie::lock points to. One a hold; `given_back` is set by whoever gives it back first.
struct hold
{
    std::shared_ptr<connector> owner;
    std::shared_ptr<held_lock> lock;
    std::atomic<bool> given_back = false;
};

}  // namespace coterie::session

#endif
