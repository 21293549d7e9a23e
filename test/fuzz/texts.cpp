// What the scripts and other programs write, and anybody can: whatever is taken for it is the same when it is written again, as
// docs/protocol.md tells, "Encodings".
#include "fuzz.hpp"

#include "src/core/member_value.hpp"
#include "src/core/presence.hpp"
#include "src/core/role.hpp"
#include "src/core/roster.hpp"
#include "src/store/redis/event_codec.hpp"
#include "src/store/redis/memo_decode.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace coterie;

auto ms(core::server_time when)
{
    return when.time_since_epoch().count();
}

std::string encoded(core::event const& what)
{
    auto result = fmt::format("{:016}{:016}", what.id, what.previous);
    auto const to = std::back_inserter(result);
    for (auto const& [kind, member] : what.changes)
    {
        fmt::format_to(to, "{}{}:{}{}", static_cast<char>(kind), member.name.size(), member.name, member.session);
        if (kind != core::change_kind::left)
            fmt::format_to(to, "{:013}{}:{}", ms(member.joined_at), member.value.size(), member.value);
    }
    return result;
}

void check_event(std::string_view text)
{
    auto const found = redis::decode_event(text);
    if (!found)
        return;
    fuzz::require(redis::decode_event(encoded(*found)) == found, "an event encoded again is the same");

    core::roster folded{found->previous, {}};
    core::delta step;
    if (folded.apply(*found, step) != core::roster::applied::yes)
        return;
    fuzz::require(folded.at() == found->id, "an event leads to its revision");
    folded.for_each([](core::record const& each) { core::unpack(each.value); });
}

void check_grant(std::string_view text)
{
    if (auto const found = redis::decode_grant("session", text))
        fuzz::require(fmt::format("{:016}{:016}", found->place, found->fence) == text, "a grant encoded again is the same");
}

void check_news(std::string_view text)
{
    auto const found = redis::decode_news(text);
    if (!found)
        return;
    auto const again = fmt::format("{:016}{:013}{:013}{:010}{}{}{}", found->fence, ms(found->made), ms(found->fresh_until),
                                   found->cost.count(), static_cast<char>(found->what), found->large ? 'l' : 'w', found->bytes);
    fuzz::require(again == text, "news encoded again are the same");
}

void check_values(std::string_view text)
{
    auto const value = core::unpack(text);
    fuzz::require(core::unpack(core::pack(value)) == value, "a member's value packed again is the same");

    if (auto const leader = core::unpack_leader(text))
        fuzz::require(core::unpack_leader(core::pack(*leader)) == leader, "a leader's value packed again is the same");

    core::record record;
    record.value = text;
    if (auto const state = core::to_state(record))
        fuzz::require(core::to_state(core::to_record("id", *state)) == state, "a state packed again is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = fuzz::text_of(data, size);
    check_event(text);
    check_grant(text);
    check_news(text);
    check_values(text);
    return 0;
}
