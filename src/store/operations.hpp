// The atomic operations of a group, as values. What each one does, key by key, is in docs/protocol.md.
//
// A session's own operations carry its `caller`: the store executes them only if the session is alive and the generation
// is the newest one the session was opened with. So a command that was delayed in an old connection does nothing, and
// says so (errc::stale); a session that is gone answers errc::lost. Both mean: nothing happened.
// Sending an operation twice equals sending it once.
#ifndef COTERIE_SRC_STORE_OPERATIONS_HPP
#define COTERIE_SRC_STORE_OPERATIONS_HPP

#include "../core/event.hpp"
#include "joined.hpp"
#include "lock_operations.hpp"
#include "memo_operations.hpp"
#include "presence_operations.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace coterie::store {

// What every beat and reap tells: enough to set a timer for the next death.
struct horizon
{
    server_time now{};                         // the server's clock
    std::optional<server_time> next_deadline;  // the earliest deadline among all leases of the group; may be in the past
    std::uint64_t leases = 0;                  // how many leases the group has; open and beat: see there

    bool operator==(horizon const&) const = default;
};

// Makes a session, or (resume) renews one under a new generation. errc::lost: nothing to resume.
// Counted are the leases that last for two thirds of this one's ttl at least and no longer than it: sessions with the same ttl, renewed within a third of it,
// and whatever else ends then.
struct open
{
    caller who;
    std::chrono::milliseconds ttl{};
    bool resume = false;
    std::uint64_t fence_floor = 0;  // the largest fence this client has seen: later fences are larger

    // If the store has another epoch now: until `ttl` after that one began nobody is granted a lock, but who had it before (quarantine; see
    // acquire::confirmed). Empty: none was known, or none of this is wanted.
    std::string known_epoch{};

    struct reply
    {
        std::string epoch;        // when it began (ms, 13 digits), then random; another one means that the store lost its data
        std::uint64_t beats = 0;  // how often leases of the group were made or renewed
        horizon seen;
    };
};

// Renews the session's lease. Counts leases as `open` does.
struct beat
{
    caller who;
    std::chrono::milliseconds ttl{};
    bool touch = false;  // also extend the life of the group's container keys; asked for now and then

    struct reply
    {
        std::uint64_t beats = 0;  // see `open`
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

// One page of what hangs on the session. Values are left out; what was granted for a term of its own does not hang on it.
struct inventory
{
    caller who;
    std::string cursor{};        // empty: from the start
    std::uint32_t limit = 1000;  // about how many a page

    struct reply
    {
        std::string cursor;  // empty: that was all
        std::vector<std::string> members;
        std::vector<claim> locks;           // had by `lock`
        std::vector<std::uint64_t> places;  // waiting, or granted
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

using group_operations = std::variant<open, beat, join, leave, snapshot, history, lock, acquire, withdraw, unlock, force, verify, replicate,
                                      inspect, waiting, proclaim, leader, reap, close, inventory, put, get, erase, list>;

using operation = joined<group_operations, presence_operations, memo_operations>;

// The reply to the operation with the same index.
using reply = replies<operation>;

}  // namespace coterie::store

#endif
