#include "presence.hpp"

#include <algorithm>
#include <charconv>

namespace coterie {

std::string_view to_string(status what) noexcept
{
    switch (what)
    {
    case status::offline: return "offline";
    case status::out_of_office: return "out_of_office";
    case status::away: return "away";
    case status::busy: return "busy";
    case status::online: return "online";
    case status::unknown: break;
    }
    return "unknown";
}

namespace core {

presence_state state_of(presence_entry const& entry, server_time now, std::chrono::milliseconds linger, std::chrono::milliseconds forget)
{
    presence_state result{.text = entry.text, .value = entry.value};
    presence_source const* lapsed = nullptr;  // the last one
    for (auto const& each : entry.sources)
    {
        auto const seen = each.deadline - each.span;
        if (each.deadline <= now)
        {
            if (lapsed == nullptr || lapsed->deadline < each.deadline)
                lapsed = &each;
            continue;
        }
        result.last_seen = std::max(result.last_seen, seen);
        if (each.what > result.what)
        {
            result.what = each.what;
            result.source = each.name == lingering ? std::string{} : each.name;
        }
    }
    if (result.what != status::unknown)
    {
        result.since = result.what == entry.shown || lapsed == nullptr ? entry.since : lapsed->deadline;
        return result;
    }
    if (lapsed == nullptr)
        return {};
    presence_trace const trace{lapsed->deadline - linger, lapsed->deadline - lapsed->span, lapsed->deadline - linger + forget, entry.text,
                               entry.value};
    return state_of(trace, now);
}

presence_state state_of(presence_trace const& trace, server_time now)
{
    if (trace.forgotten <= now)
        return {};
    return {status::offline, trace.since, trace.last_seen, {}, trace.text, trace.value};
}

// The value of such a member: status, 13 digits, length of the text, the text, the value.
record to_record(std::string id, presence_state const& state)
{
    auto const seen = std::to_string(state.last_seen.time_since_epoch().count());
    auto packed = std::to_string(static_cast<int>(state.what));
    packed.append(13 - std::min<std::size_t>(13, seen.size()), '0').append(seen);
    packed.append(std::to_string(state.text.size())).append(":").append(state.text).append(state.value);
    return {std::move(id), session_id{no_session}, state.since, std::move(packed)};
}

std::optional<presence_state> to_state(record const& from)
{
    constexpr std::size_t head = 14;

    std::string_view const packed{from.value};
    auto const colon = packed.find(':', std::min(head, packed.size()));
    if (packed.size() < head || colon == std::string_view::npos || packed[0] < '1' || packed[0] > '5')
        return std::nullopt;
    auto const number = [&](std::size_t begin, std::size_t end, auto& to) {
        auto const [stopped, error] = std::from_chars(packed.data() + begin, packed.data() + end, to);
        return error == std::errc{} && stopped == packed.data() + end;
    };
    std::uint64_t seen = 0;
    std::size_t length = 0;
    if (!number(1, head, seen) || !number(head, colon, length) || length > packed.size() - colon - 1)
        return std::nullopt;
    presence_state result;
    result.what = static_cast<status>(packed[0] - '0');
    result.since = from.joined_at;
    result.last_seen = server_time{std::chrono::milliseconds{static_cast<std::int64_t>(seen)}};
    result.text = packed.substr(colon + 1, length);
    result.value = packed.substr(colon + 1 + length);
    return result;
}

}  // namespace core
}  // namespace coterie
