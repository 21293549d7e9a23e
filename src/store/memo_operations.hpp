// The operations on a memoised result, as values. What each one does, key by key, is in docs/protocol.md, "Memo".
//
// Who has the lease generates: nobody else is given it meanwhile. Nothing here waits: who finds another generating is told what comes of it by
// `news`. Watch first, then look: what was published between the two is seen by the look.
// A fence is larger than every one before it, for as long as the server's clock does not go back.
#ifndef COTERIE_SRC_STORE_MEMO_OPERATIONS_HPP
#define COTERIE_SRC_STORE_MEMO_OPERATIONS_HPP

#include "caller.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace coterie::store {

enum class memo_kind : char
{
    value = 'v',
    negative = 'n',  // a result as well: that there is none
    failed = 'f',    // no result: the generator could not; the bytes are the error's text
    free = 'r',      // no result: the generator gave up, so anybody may generate
    erased = 'e',    // what was there is no longer right
};

// A result that is kept.
struct memo_record
{
    std::uint64_t fence = 0;
    server_time made{};
    server_time fresh_until{};
    std::chrono::milliseconds cost{};  // what it took to generate
    bool negative = false;
    std::string value;

    bool operator==(memo_record const&) const = default;
};

// What all who watch are told.
struct news
{
    memo_kind what = memo_kind::value;
    std::uint64_t fence = 0;  // of the result; of the generation that failed or was given up; of the erasure
    server_time made{};       // this and the next two: of a result
    server_time fresh_until{};
    std::chrono::milliseconds cost{};
    bool large = false;  // the bytes are left out: a look tells a result; the text of a failure is lost
    std::string bytes;   // of a result, or the text of a failure

    static constexpr std::size_t most = 64 * 1024;  // more bytes are large

    bool operator==(news const&) const = default;
};

// Looks at the result; with a token it also asks for the lease, which is given if there is no fresh result, or a refresh is wanted, and nobody
// else has it. The same token again, while it has the lease: the same fence, and no more time.
struct memo_look
{
    std::string token;                  // 16 characters, of the caller alone; empty: only look
    std::chrono::milliseconds lease{};  // how long the caller may generate
    bool refresh = false;               // even if the result is fresh

    struct reply
    {
        server_time now{};
        std::optional<memo_record> found;        // fresh or stale
        std::optional<std::uint64_t> generates;  // the caller does, under this fence
        std::optional<server_time> busy_until;   // another does, until then at the longest unless it is renewed,
        std::uint64_t busy_fence = 0;            // under this fence: older news are of what was before
    };
};

// The result of a generation, if the lease is still the caller's; ends the lease, and tells. A failure leaves an old result as it is.
struct memo_publish
{
    std::string token;
    std::uint64_t fence = 0;
    memo_kind kind = memo_kind::value;  // or negative, or failed
    std::string bytes;
    std::chrono::milliseconds ttl{};    // fresh for so long,
    std::chrono::milliseconds stale{};  // and then to be had for so long. Both 0: it is told and not kept
    std::chrono::milliseconds cost{};

    struct reply
    {
        bool published = false;  // by an earlier try of the same, perhaps
    };
};

// Gives the lease up without a result, and tells.
struct memo_release
{
    std::string token;
    std::uint64_t fence = 0;

    struct reply
    {
        bool released = false;
    };
};

// Extends the lease; shortens nothing.
struct memo_renew
{
    std::string token;
    std::uint64_t fence = 0;
    std::chrono::milliseconds lease{};

    struct reply
    {
        std::optional<server_time> deadline;  // empty: it was lost
    };
};

// Puts a result there, whoever generates: he has lost the lease. Tells.
struct memo_store
{
    memo_kind kind = memo_kind::value;  // or negative
    std::string bytes;
    std::chrono::milliseconds ttl{};
    std::chrono::milliseconds stale{};
    std::chrono::milliseconds cost{};

    struct reply
    {
        std::uint64_t fence = 0;
    };
};

// The result goes, and so does the lease of whoever generates: what he has seen may be outdated. Tells.
struct memo_erase
{
    struct reply
    {
        std::uint64_t fence = 0;  // smaller ones are of what was before
        bool erased = false;      // there was a result
    };
};

using memo_operations = std::variant<memo_look, memo_publish, memo_release, memo_renew, memo_store, memo_erase>;

}  // namespace coterie::store

#endif
