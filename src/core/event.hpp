// What the store says about members: records, and events that change them.
#ifndef COTERIE_SRC_CORE_EVENT_HPP
#define COTERIE_SRC_CORE_EVENT_HPP

#include "session_id.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace coterie::core {

// Time on the server's clock.
using server_time = std::chrono::sys_time<std::chrono::milliseconds>;

// Number of an event: max(previous + 1, server time in microseconds), so that it never comes twice, even over lost data.
// 0: before any event.
using revision = std::uint64_t;

// One member as one session joined it. Two sessions may join the same name: two records.
struct record
{
    std::string name;
    session_id session;
    server_time joined_at{};
    std::string value;

    bool operator==(record const&) const = default;
};

enum class change_kind : char
{
    joined = '+',
    updated = '*',
    left = '-',  // joined_at and value are empty
};

struct change
{
    change_kind kind = change_kind::joined;
    record member;

    bool operator==(change const&) const = default;
};

// Without id and changes it says only: the earliest deadline is a new one, look at it.
struct event
{
    revision id = 0;
    revision previous = 0;  // id of the event before it: a reader sees a gap at once
    std::vector<change> changes;

    bool is_look() const { return id == 0; }

    bool operator==(event const&) const = default;
};

}  // namespace coterie::core

#endif
