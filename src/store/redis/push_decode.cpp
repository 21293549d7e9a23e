#include "push_decode.hpp"

#include "../address.hpp"
#include "event_codec.hpp"
#include "keys.hpp"
#include "memo_decode.hpp"

#include <utility>

namespace coterie::redis {

std::optional<push> decode_push(resp_value const& message)
{
    auto const& parts = message.items;
    auto where = parts.size() == 3 ? topic_of(parts[1].text) : std::nullopt;
    if (!where)
        return std::nullopt;

    push result{.in = std::move(*where), .said = {}};
    auto const keep = [&](auto decoded) {
        if (decoded)
            result.said = std::move(*decoded);
    };
    if (!result.in.session.empty())
        keep(decode_grant(result.in.session, parts[2].text));
    else if (store::kind_of(result.in.group) == store::address_kind::memo)
        keep(decode_news(parts[2].text));
    else
        keep(decode_event(parts[2].text));
    return result;
}

}  // namespace coterie::redis
