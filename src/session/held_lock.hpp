// What this connector holds: claims in the store, and the acquisitions that live by them.
#ifndef COTERIE_SRC_SESSION_HELD_LOCK_HPP
#define COTERIE_SRC_SESSION_HELD_LOCK_HPP

#include "../core/lease.hpp"
#include "../store/operations.hpp"
#include "signal.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace coterie::session {

class connector;
class held_lock;
class lock_line;

// One claim. Those who hold by it do so together (readers), or one after the other: each with a fence of its own out of its range.
struct held_claim
{
    store::claim what;
    std::shared_ptr<core::lease> lease;
    std::uint64_t next_fence = 0;
    std::uint64_t fences_end = 0;
    std::vector<std::shared_ptr<held_lock>> holders{};
    std::shared_ptr<lock_line> line{};  // through which it came
    std::string value{};                // of a role
    std::uint64_t number = 0;           // of those of the connector
    bool unconfirmed = false;           // after lost data: `what` names a place that was asked for, and may not be known to the store
};

struct older_first
{
    bool operator()(std::shared_ptr<held_claim> const& a, std::shared_ptr<held_claim> const& b) const { return a->number < b->number; }
};

// One acquisition, shared by all its holds.
class held_lock
{
public:
    enum class end
    {
        none,
        lost,
        released,
    };

    held_lock(std::shared_ptr<held_claim> by, executor const& strand, clock& time)
        : claim_{std::move(by)}
        , lease_{claim_->lease}
        , fence_{claim_->next_fence++}
        , time_{time}
        , ended_{strand, time}
    {
    }

    // From any thread.
    std::vector<std::string> const& names() const { return claim_->what.names; }
    std::string const& owner() const { return claim_->what.owner; }
    std::uint64_t fence() const { return fence_; }
    core::lease_state state() const { return end_ == end::none ? lease_->state(time_.now()) : core::lease_state::lost; }
    core::local_time deadline() const { return end_ == end::none ? lease_->deadline() : core::local_time::min(); }

    // On the strand.
    std::shared_ptr<held_claim> const& claim() const { return claim_; }
    unsigned holds = 1;
    end how() const { return end_; }
    void finish(end how)
    {
        end_ = how;
        ended_.notify();
    }
    signal& ended() { return ended_; }

private:
    std::shared_ptr<held_claim> const claim_;
    std::shared_ptr<core::lease> const lease_;
    std::uint64_t const fence_;
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
