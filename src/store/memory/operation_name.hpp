// The name of an operation as docs/protocol.md has it.
#ifndef COTERIE_SRC_STORE_MEMORY_OPERATION_NAME_HPP
#define COTERIE_SRC_STORE_MEMORY_OPERATION_NAME_HPP

#include "../operations.hpp"

#include <array>
#include <string_view>

namespace coterie::store::memory {

inline std::string_view operation_name(operation const& what)
{
    // In the order of the variant.
    static constexpr std::array<std::string_view, std::variant_size_v<operation>> names{
        "open",       "beat",      "join",         "leave",        "snapshot",   "history",    "lock",       "acquire",
        "withdraw",   "unlock",    "force",        "verify",       "replicate",  "inspect",    "waiting",    "proclaim",
        "leader",     "reap",      "close",        "inventory",    "put",        "get",        "erase",      "list",
        "appear",     "refresh",   "disappear",    "look_up",      "roll_call",  "lapse",      "head_count", "change_party",
        "read_party", "memo_look", "memo_publish", "memo_release", "memo_renew", "memo_store", "memo_erase"};
    return names[what.index()];
}

}  // namespace coterie::store::memory

#endif
