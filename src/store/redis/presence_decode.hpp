// The answers of the scripts for a shard of a presence space: entries and traces as docs/protocol.md tells them, "Presence".
#ifndef COTERIE_SRC_STORE_REDIS_PRESENCE_DECODE_HPP
#define COTERIE_SRC_STORE_REDIS_PRESENCE_DECODE_HPP

#include "../operations.hpp"
#include "resp_value.hpp"

namespace coterie::redis {

bool read(resp_value&, store::appear::reply&);
bool read(resp_value&, store::refresh::reply&);
bool read(resp_value&, store::disappear::reply&);
bool read(resp_value&, store::look_up::reply&);
bool read(resp_value&, store::roll_call::reply&);
bool read(resp_value&, store::lapse::reply&);
bool read(resp_value&, store::head_count::reply&);
bool read(resp_value&, store::change_party::reply&);
bool read(resp_value&, store::read_party::reply&);

}  // namespace coterie::redis

#endif
