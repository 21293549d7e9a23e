// The operations on locks and roles, as values: the rest is in operations.hpp.
//
// A role is a lock whose name begins with `core::role_mark`; one member at a time leads in it. It is had by `acquire` alone, for the life of a session.
// Whoever gets or loses it is announced in the same step, as a member of that name (core/role.hpp).
#ifndef COTERIE_SRC_STORE_LOCK_OPERATIONS_HPP
#define COTERIE_SRC_STORE_LOCK_OPERATIONS_HPP

#include "caller.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coterie::store {

// A place that waited has got its locks: what is pushed to its session.
struct grant
{
    session_id session;
    std::uint64_t place = 0;
    std::uint64_t fence = 0;

    bool operator==(grant const&) const = default;
};

enum class lock_mode : char
{
    exclusive = 'x',  // one holder
    shared = 'r',     // any number of readers
    permit = 'p',     // as many holders as each of them allows
};

// Takes one lock for one holder, for as long as its session lives, if it is free and nobody waits for it. The same owner again: the
// same fence (a retry is safe). The cheapest way to a lock; `acquire` is the other.
struct lock
{
    caller who;
    std::string name;
    std::string owner;  // the member's name

    struct reply
    {
        bool granted = false;
        std::uint64_t fence = 0;  // if granted
        server_time deadline{};   // else: until then it is surely held. 0: that is not known here; `acquire` knows
    };
};

// Takes one or several locks in one step, all or none; or stands in line for all of them. First come, first served. Whatever it gets is
// named by the session and `place`, a number that the session uses once: asked again with it, the answer is what has become of it.
// What is free but waited for is not to be had.
struct acquire
{
    caller who;
    std::uint64_t place = 0;
    std::vector<std::string> names;  // 1 to `most`, all different
    std::string owner;
    std::string value{};  // of a candidate for a role
    lock_mode mode = lock_mode::exclusive;
    std::uint32_t limit = 0;           // of permits: how many holders this one allows, himself included
    std::chrono::milliseconds term{};  // 0: lives with the session; else a lease of its own, renewed only by asking again
    bool wait = false;                 // if it cannot be had: stand in line, and be told by a push (see observer::on_grant)
    std::uint32_t fences = 1;          // how many fences, one after the other

    // Not 0: the (first) fence under which it was held until the store lost its data. During the quarantine that and only that is granted.
    std::uint64_t confirmed = 0;

    static constexpr std::size_t most = 64;
    static constexpr std::uint32_t most_fences = 99'999;

    struct reply
    {
        bool granted = false;
        bool waiting = false;
        std::uint64_t fence = 0;  // if granted: the first
        server_time deadline{};   // if neither: until then it is surely held; may be 0
    };
};

// Ends a place, whether it waits or was granted; what it held goes to who is next. Of a session that lives only its newest
// generation can do it; if the session is gone, anybody (a term outlives it).
struct withdraw
{
    caller who;
    std::uint64_t place = 0;

    struct reply
    {
        bool waited = false;
        bool held = false;
    };
};

// One acquisition, as its holder knows it.
struct claim
{
    std::vector<std::string> names;
    std::string owner;
    session_id session;
    std::uint64_t fence = 0;
    std::uint64_t place = 0;  // 0: granted by `lock`
    lock_mode mode = lock_mode::exclusive;
    bool fixed = false;  // it has a term of its own

    bool operator==(claim const&) const = default;
};

// Gives a lock back that `lock` has granted, if the claim is exactly what the store has. Needs no living session: the fence is proof
// enough.
struct unlock
{
    claim held;
    bool hand_over = false;  // to who is next; else it is not released if somebody waits. (Whoever is asked for less is faster.)

    struct reply
    {
        bool released = false;
        bool waited = false;  // not released, because somebody waits
    };
};

// Takes locks from whoever holds them as the claim says; the holder's session becomes stale until it is resumed under the same or a
// newer generation, so that it looks and learns.
struct force
{
    claim held;

    struct reply
    {
        bool released = false;
    };
};

// Which of these claims still stand.
struct verify
{
    caller who;
    std::vector<claim> claims;

    struct reply
    {
        std::vector<bool> held;  // in the order asked
    };
};

// Waits until a claim that stands has come to replicas as well, for about half the response timeout. Not one step: what comes after may be elsewhere.
struct replicate
{
    claim held;
    std::uint32_t replicas = 1;  // how many are wanted

    struct reply
    {
        bool held = false;
        std::uint32_t replicas = 0;  // how many have it
    };
};

// Who holds a lock and who waits for it, `most` of each. The dead are not told.
struct inspect
{
    std::string name;
    static constexpr std::uint32_t most = 1000;

    struct holder
    {
        claim what;
        server_time deadline{};

        bool operator==(holder const&) const = default;
    };
    struct waiter
    {
        claim wanted;  // without a fence
        server_time since{};

        bool operator==(waiter const&) const = default;
    };
    struct reply
    {
        server_time now{};
        std::vector<holder> holders;  // none: it is free
        std::vector<waiter> waiters;  // who comes first is first
    };
};

// One page of all who wait for locks of the group and live, in order of the locks.
struct waiting
{
    std::string cursor;  // empty: from the start
    std::uint32_t limit = 1000;

    struct entry
    {
        std::string lock;
        claim wanted;  // without a fence

        bool operator==(entry const&) const = default;
    };
    struct reply
    {
        std::string cursor;  // empty: that was all
        std::vector<entry> entries;
    };
};

// Gives the leader another value, if the claim to the role stands: an event, if it differs.
struct proclaim
{
    caller who;
    claim held;
    std::string value;

    struct reply
    {
        bool held = false;
    };
};

// Who leads, if he lives.
struct leader
{
    std::string role;  // as a lock

    struct reply
    {
        server_time now{};
        std::optional<core::record> elected;  // his value: core/role.hpp
        server_time deadline{};
    };
};

}  // namespace coterie::store

#endif
