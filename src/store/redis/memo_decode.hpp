// What the scripts of memoised results answer and tell: docs/protocol.md, "Memo". The scripts encode, this decodes.
#ifndef COTERIE_SRC_STORE_REDIS_MEMO_DECODE_HPP
#define COTERIE_SRC_STORE_REDIS_MEMO_DECODE_HPP

#include "../operations.hpp"
#include "resp_value.hpp"

#include <optional>
#include <string_view>

namespace coterie::redis {

// Nothing if the text is not exactly news: it may come from anybody who can publish.
std::optional<store::news> decode_news(std::string_view);

// As those of read_values.hpp.
bool read(resp_value&, store::memo_look::reply&);
bool read(resp_value&, store::memo_publish::reply&);
bool read(resp_value&, store::memo_release::reply&);
bool read(resp_value&, store::memo_renew::reply&);
bool read(resp_value&, store::memo_store::reply&);
bool read(resp_value&, store::memo_erase::reply&);

}  // namespace coterie::redis

#endif
