// The operations of one shard of a presence space: docs/protocol.md, "Presence". Sending one twice equals sending it once, but that it is a sign of life
// each time. Ids are any bytes; sources are names. `history` (operations.hpp) tells the events of a shard as it does those of a group.
#ifndef COTERIE_SRC_STORE_PRESENCE_OPERATIONS_HPP
#define COTERIE_SRC_STORE_PRESENCE_OPERATIONS_HPP

#include "../core/presence.hpp"
#include "lock_operations.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace coterie::store {

using core::presence_state;

// What all members of a space agree on.
struct presence_tempo
{
    std::chrono::milliseconds linger{};  // a drop that is shorter is not announced
    std::chrono::milliseconds forget{};  // for so long an id is remembered that is gone
};

// A source says that ids are there, for `ttl` from now on.
struct appear
{
    static constexpr std::size_t most = 1000;  // ids a call

    presence_tempo how;
    std::string source;
    std::chrono::milliseconds ttl{};
    std::vector<std::string> ids;
    std::optional<status> what{};  // nothing: as the source said before, or else online
    std::optional<std::string> text{};
    std::optional<std::string> value{};

    struct reply
    {
        std::uint64_t changed = 0;  // ids whose state is another now
    };
};

// The same for ids of which the source says so already; nothing becomes of the others. Works while memory is short.
struct refresh
{
    presence_tempo how;
    std::string source;
    std::chrono::milliseconds ttl{};
    std::vector<std::string> ids;  // at most appear::most

    struct reply
    {
        std::vector<bool> there;
    };
};

// A source, or (nothing) all of them, say that ids are gone.
struct disappear
{
    presence_tempo how;
    std::optional<std::string> source;
    std::vector<std::string> ids;  // at most appear::most

    struct reply
    {
        std::uint64_t changed = 0;
    };
};

// How ids are, in this order.
struct look_up
{
    presence_tempo how;
    std::vector<std::string> ids;  // at most appear::most

    struct reply
    {
        revision last = 0;  // as of this one
        server_time now{};
        std::vector<presence_state> states;
    };
};

// One page of all who are there, in no order. A page is atomic; several pages are made exact by the events after the first one's `last`.
struct roll_call
{
    presence_tempo how;
    std::string cursor;          // empty: from the start
    std::uint32_t limit = 1000;  // about how many

    struct reply
    {
        std::string cursor;  // empty: that was all
        revision last = 0;   // read before the page
        server_time now{};
        std::vector<std::pair<std::string, presence_state>> states;  // may hold an id twice over several pages
    };
};

// Announces who is gone because his time is over, at most `most` sources of them, and forgets some of those who are gone for long.
struct lapse
{
    static constexpr std::uint32_t most = 1000;

    presence_tempo how;

    struct reply
    {
        server_time now{};
        std::optional<server_time> next_deadline;  // in the past: there are more, call again
        std::uint64_t watchers = 0;                // connections that watch the shard; 0: not known
        revision last = 0;
        std::uint64_t changed = 0;
    };
};

// How many are there.
struct head_count
{
    presence_tempo how;

    struct reply
    {
        std::uint64_t count = 0;
        bool more = false;  // some are counted whose time is over: call again
    };
};

// A named set of ids, kept until it is empty.
struct change_party
{
    std::string name;
    std::vector<std::string> add;
    std::vector<std::string> remove;

    struct reply
    {
        std::uint64_t changed = 0;
    };
};

struct read_party
{
    static constexpr std::uint32_t most = 100'000;

    std::string name;
    std::string foreign_key{};  // not empty: a set of somebody else's, whose key it is; it need not be in this shard

    struct reply
    {
        std::vector<std::string> ids;  // in no order
    };
};

using presence_operations = std::variant<appear, refresh, disappear, look_up, roll_call, lapse, head_count, change_party, read_party>;

}  // namespace coterie::store

#endif
