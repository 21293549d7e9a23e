// The atomic operations of a group, as values. What each one does, key by key, is in docs/protocol.md.
//
// A session's own operations carry its `caller`: the store executes them only if the session is alive and the generation
// is the newest one the session was opened with. So a command that was delayed in an old connection does nothing, and
// says so (errc::stale); a session that is gone answers errc::lost. Both mean: nothing happened.
// Sending an operation twice equals sending it once.
#ifndef COTERIE_SRC_STORE_OPERATIONS_HPP
#define COTERIE_SRC_STORE_OPERATIONS_HPP

#include "../core/event.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace coterie::store {

using core::revision;
using core::server_time;
using core::session_id;

struct caller
{
    session_id session;
    std::uint64_t generation = 0;  // number of the connection, growing; chosen by the client
};

// A place that waited has got its locks: what is pushed to its session.
struct grant
{
    session_id session;
    std::uint64_t place = 0;
    std::uint64_t fence = 0;

    bool operator==(grant const&) const = default;
};

// What every beat and reap tells: enough to set a timer for the next death.
struct horizon
{
    server_time now{};                         // the server's clock
    std::optional<server_time> next_deadline;  // the earliest deadline among all leases of the group; may be in the past
    std::uint64_t leases = 0;                  // how many leases the group has

    bool operator==(horizon const&) const = default;
};

// Makes a session, or (resume) renews one under a new generation. errc::lost: nothing to resume.
struct open
{
    caller who;
    std::chrono::milliseconds ttl{};
    bool resume = false;
    std::uint64_t fence_floor = 0;  // the largest fence this client has seen: later fences are larger

    struct reply
    {
        std::string epoch;  // random; another value means that the store lost its data
        horizon seen;
    };
};

// Renews the session's lease.
struct beat
{
    caller who;
    std::chrono::milliseconds ttl{};
    bool touch = false;  // also extend the life of the group's container keys; asked for now and then

    struct reply
    {
        horizon seen;
        revision last = 0;  // of the newest event
    };
};

// Attaches members to the session: new ones join, known ones with another value are updated, the rest stays. One event.
struct join
{
    caller who;
    struct entry
    {
        std::string name;
        std::string value;
    };
    std::vector<entry> members;
    bool update_only = false;  // names that are not members of this session are left alone

    struct reply
    {
        std::uint64_t matched = 0;  // how many of the names are members of this session now
        std::optional<core::event> event;
    };
};

struct leave
{
    caller who;
    std::vector<std::string> names;

    struct reply
    {
        std::uint64_t left = 0;
        std::optional<core::event> event;
    };
};

// One page of the members. A page is atomic; several pages are made exact by the events after the first page's `last`.
struct snapshot
{
    std::string cursor;                                            // empty: from the start
    std::uint32_t limit = 1000;                                    // about how many a page, if there are several
    static constexpr std::uint32_t whole = 10'000;                 // a group of so many members is answered in one page,
    static constexpr std::uint32_t whole_bytes = 4 * 1024 * 1024;  // if it has no more than about this
    static constexpr std::uint32_t page_bytes = 1024 * 1024;       // else about so much a page, and at least one member

    struct reply
    {
        std::string cursor;  // empty: that was all
        revision last = 0;   // read before the page
        server_time now{};
        std::vector<core::record> members;  // may hold a member twice over several pages
        std::vector<session_id> dead;       // first page: sessions past their deadline and not reaped: their members do not count
    };
};

// The events after a revision, oldest first, if history still reaches back to it: all there are, or fewer, but at least one.
struct history
{
    revision after = 0;
    std::uint32_t limit = 256;
    static constexpr std::uint32_t bytes = 1024 * 1024;  // no more events once they are so large

    struct reply
    {
        bool compacted = false;  // history does not reach back: take a snapshot
        std::vector<core::event> events;
        revision last = 0;
    };
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
    lock_mode mode = lock_mode::exclusive;
    std::uint32_t limit = 0;           // of permits: how many holders this one allows, himself included
    std::chrono::milliseconds term{};  // 0: lives with the session; else a lease of its own, renewed only by asking again
    bool wait = false;                 // if it cannot be had: stand in line, and be told by a push (see observer::on_grant)
    std::uint32_t fences = 1;          // how many fences, one after the other
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

    struct reply
    {
        bool released = false;
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

// Ends the named sessions if their deadline has passed, and every fixed term that has: members leave in one event, locks are
// freed, ephemeral data goes. Does at most `batch` attachments a call; call again with `due` until it is empty.
struct reap
{
    std::vector<session_id> dead;  // at most `sessions`
    static constexpr std::uint32_t sessions = 64;
    static constexpr std::uint32_t batch = 1000;

    struct reply
    {
        horizon seen;
        std::vector<session_id> due;  // past their deadline, not (wholly) reaped: at most `sessions`
        std::optional<core::event> event;
    };
};

// Ends the caller's own session, now. Call again until `done`.
struct close
{
    caller who;

    struct reply
    {
        bool done = false;
        std::optional<core::event> event;
    };
};

enum class lifetime : char
{
    ephemeral = 'e',  // dies with the session
    persistent = 'p',
    term = 't',  // has a term of its own; outlives the session
};

struct put
{
    caller who;  // must be alive for an ephemeral value; for others it may be empty: its session only forgets a value it had there
    std::string path;
    std::string value;
    lifetime life = lifetime::ephemeral;
    std::chrono::milliseconds term{};
    bool if_absent = false;

    struct reply
    {
        bool stored = false;
    };
};

struct get
{
    std::string path;

    struct reply
    {
        std::optional<std::string> value;
    };
};

struct erase
{
    std::string path;
    session_id session{};  // the caller's own, or empty: it forgets the value if it was its own

    struct reply
    {
        bool erased = false;
    };
};

// One page of the paths that match a glob (core/glob.hpp), in no order; a path may come twice over several pages.
struct list
{
    std::string pattern;
    std::string cursor;
    std::uint32_t limit = 1000;

    struct reply
    {
        std::string cursor;  // empty: that was all
        std::vector<std::string> paths;
    };
};

using operation = std::variant<open, beat, join, leave, snapshot, history, lock, acquire, withdraw, unlock, force, verify, inspect, reap,
                               close, put, get, erase, list>;

// The reply to the operation with the same index.
using reply = std::variant<open::reply, beat::reply, join::reply, leave::reply, snapshot::reply, history::reply, lock::reply,
                           acquire::reply, withdraw::reply, unlock::reply, force::reply, verify::reply, inspect::reply, reap::reply,
                           close::reply, put::reply, get::reply, erase::reply, list::reply>;

}  // namespace coterie::store

#endif
