// A lock that is held.
#ifndef COTERIE_LOCK_HPP
#define COTERIE_LOCK_HPP

#include <coterie/clock.hpp>
#include <coterie/detail/initiate.hpp>
#include <coterie/options.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace coterie {

class leadership;

namespace session {
struct hold;
}

enum class lock_state
{
    held,       // until deadline() nobody else can have it
    uncertain,  // a beat is overdue: still held until deadline(), but it may not come back to `held`
    lost,       // gone, or given back; final
};

// One hold of a lock. The destructor gives it back in the background, and never blocks or throws.
//
// Object lifetimes: move-only; keeps what it needs alive.
// Thread safety: every member but moves and the destructor may be called from any thread.
class lock
{
public:
    lock() = default;  // holds nothing: state() is lost
    explicit lock(std::shared_ptr<session::hold>) noexcept;
    lock(lock&&) noexcept = default;
    lock& operator=(lock&&) noexcept;
    ~lock();

    std::string const& name() const;                // of several: the first
    std::vector<std::string> const& names() const;  // more than one only from async_lock_all
    std::string const& member() const;              // who holds it

    // The fencing token: larger than that of every earlier holder of this lock. Send it with each request to the resource
    // that the lock protects, and let the resource refuse smaller ones: a lock alone cannot stop a process that was paused.
    // About the time in microseconds: it fits a signed 64-bit column, and a double.
    std::uint64_t fence() const;

    // By the local clock alone, no I/O; pessimistic by a margin (2 % of the lease, 2 to 200 ms, at most a half).
    lock_state state() const;

    // Until when it is held for certain. Moves on with each confirmed beat; the past, once lost.
    clock::time_point deadline() const;

    // Completes when the lock is lost: at the latest at deadline(), without any message from the store.
    // Signature: void(error_code). Cancellation: all types. Errors: errc::closed if the lock was given back, by whatever
    // way, before it was lost.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_lost(Token&& token = {}) const
    {
        return detail::initiate<void(error_code)>(executor(), std::forward<Token>(token),
                                                  [hold = hold_](auto handler) { wait_lost(hold, std::move(handler)); });
    }

    // Gives this hold back. The lock is free when every hold of it was given back.
    // Signature: void(error_code). Cancellation: the caller no longer waits, the lock is given back all the same.
    // Errors: errc::lost if it was lost before (somebody else may have had it meanwhile); errc::not_connected or
    // errc::outcome_unknown if the store could not be asked in time: it is given back in the background, or its lease ends.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_release(Token&& token = {})
    {
        return detail::initiate<void(error_code)>(executor(), std::forward<Token>(token),
                                                  [hold = hold_](auto handler) { release(hold, std::move(handler)); });
    }

private:
    friend class leadership;
    using void_handler = asio::any_completion_handler<void(error_code)>;
    asio::any_io_executor executor() const;
    static void wait_lost(std::shared_ptr<session::hold> const&, void_handler);
    static void release(std::shared_ptr<session::hold> const&, void_handler);

    std::shared_ptr<session::hold> hold_;
};

struct lock_holder
{
    std::string member;
    std::string session;  // under which session
    lock_mode mode = lock_mode::exclusive;

    // Of several who hold it one after the other through one connector without a way to the store: of the first one.
    std::uint64_t fence = 0;
    std::chrono::milliseconds remaining{};  // until its lease ends, unless it is renewed
    bool fixed = false;                     // it has a lease of its own, which is never renewed
};

struct lock_waiter
{
    std::string member;
    std::string session;
    lock_mode mode = lock_mode::exclusive;
    std::chrono::milliseconds waiting{};  // for so long
};

// What the store says about a lock that is held or waited for: whoever holds it (of several: the first, in no order), ...
struct lock_info : lock_holder
{
    unsigned holds = 0;                // how often the member asked for holds it through this connector
    std::vector<lock_holder> holders;  // all of them, at most 1,000; none if it is only waited for (together with other locks, say)
    std::vector<lock_waiter> waiters;  // who comes first is first; at most 1,000. Those of one connector who want the same are one
};

// A step of a deadlock: who waits for a lock that the next one holds.
struct lock_wait
{
    std::string member;
    std::string session;
    std::string waits_for;
    std::string held_by;
    bool role = false;  // `waits_for` is one, and no lock
};

}  // namespace coterie

#endif
