// What a server sends without being asked: messages in the channels of docs/protocol.md.
#ifndef COTERIE_SRC_STORE_REDIS_PUSH_DECODE_HPP
#define COTERIE_SRC_STORE_REDIS_PUSH_DECODE_HPP

#include "../store.hpp"
#include "resp_value.hpp"

#include <optional>
#include <variant>

namespace coterie::redis {

struct push
{
    store::topic in;

    // Nothing: it cannot be read.
    std::variant<std::monostate, core::event, store::grant, store::news> said;
};

// Nothing if it came in no channel of ours. It may come from anybody who can publish.
std::optional<push> decode_push(resp_value const& message);

}  // namespace coterie::redis

#endif
