// Who is there, of those who are told of by several sources: devices, servers. Stores keep an entry for each id, readers see a state.
#ifndef COTERIE_SRC_CORE_PRESENCE_HPP
#define COTERIE_SRC_CORE_PRESENCE_HPP

#include "event.hpp"

#include <coterie/status.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::core {

// What is told of an id.
struct presence_state
{
    status what = status::unknown;
    server_time since{};      // it has been that; of unknown: nothing
    server_time last_seen{};  // by a source
    std::string source{};     // the most present one, in a look; an event tells none: a move from one to another is no event
    std::string text{};
    std::string value{};

    bool operator==(presence_state const&) const = default;
};

// One source that says an id is there, until its deadline.
struct presence_source
{
    status what = status::online;
    std::string name{};
    server_time deadline{};
    std::chrono::milliseconds span{};  // from when it said so to the deadline

    bool operator==(presence_source const&) const = default;
};

// Of ids that are not announced as gone yet: see `linger`. No source has such a name.
constexpr std::string_view lingering = "\1";

// What is kept of an id that is there.
struct presence_entry
{
    server_time since{};
    status shown = status::offline;
    std::string text{};
    std::string value{};
    std::vector<presence_source> sources{};
};

// What is kept of one that was.
struct presence_trace
{
    server_time since{};
    server_time last_seen{};
    server_time forgotten{};  // from then on it is unknown
    std::string text{};
    std::string value{};
};

// How it is at a time, whether what has lapsed was cleared away or not. `linger`: for so long a drop is not announced; spans include it.
presence_state state_of(presence_entry const&, server_time now, std::chrono::milliseconds linger, std::chrono::milliseconds forget);
presence_state state_of(presence_trace const&, server_time now);

// A change of an id in an event is a member of that name, whose session is this one; joined_at tells since when.
constexpr std::string_view no_session = "................";
record to_record(std::string id, presence_state const&);
std::optional<presence_state> to_state(record const&);

}  // namespace coterie::core

#endif
