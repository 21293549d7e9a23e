// Parts of a script's answer, as values.
#ifndef COTERIE_SRC_STORE_REDIS_READ_VALUES_HPP
#define COTERIE_SRC_STORE_REDIS_READ_VALUES_HPP

#include "event_codec.hpp"
#include "resp_value.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coterie::redis {

// Each read() fills a reply and answers false if the value is not what the script's header tells.

inline bool read(resp_value const& in, std::uint64_t& to)
{
    auto const value = to_unsigned(in);
    to = value.value_or(0);
    return value.has_value();
}

inline bool read(resp_value const& in, bool& to)
{
    std::uint64_t value = 0;
    bool const ok = read(in, value) && value <= 1;
    to = value == 1;
    return ok;
}

// No time and no length of one is longer than 13 digits (docs/protocol.md): so whatever is made of them fits.
constexpr std::uint64_t longest_time = 9'999'999'999'999;

inline bool read(resp_value const& in, std::chrono::milliseconds& to)
{
    std::uint64_t value = 0;
    bool const ok = read(in, value) && value <= longest_time;
    to = std::chrono::milliseconds{ok ? static_cast<std::int64_t>(value) : 0};
    return ok;
}

inline bool read(resp_value const& in, core::server_time& to)
{
    std::chrono::milliseconds since_1970{};
    bool const ok = read(in, since_1970);
    to = core::server_time{since_1970};
    return ok;
}

inline bool read(resp_value& in, std::string& to)
{
    to = std::move(in.text);
    return in.is(resp_value::kind::text);
}

inline bool read(resp_value& in, std::optional<core::event>& to)
{
    if (in.is(resp_value::kind::null))
        return true;
    to = decode_event(in.text);
    return in.is(resp_value::kind::text) && to;
}

inline bool read(resp_value const& in, core::session_id& to)
{
    if (!in.is(resp_value::kind::text) || in.text.size() > core::session_id::length)
        return false;
    to = in.text;
    return true;
}

template <class Text>
bool read(resp_value& in, std::vector<Text>& to)
{
    for (auto& item : in.items)
    {
        if (!read(item, to.emplace_back()))
            return false;
    }
    return in.is(resp_value::kind::array);
}

inline bool has(resp_value const& in, std::size_t count)
{
    return in.is(resp_value::kind::array) && in.items.size() == count;
}

}  // namespace coterie::redis

#endif
