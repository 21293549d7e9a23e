// The Lua scripts of scripts/, built in: cmake/embed_scripts.cmake defines them.
#ifndef COTERIE_SRC_STORE_REDIS_SCRIPTS_HPP
#define COTERIE_SRC_STORE_REDIS_SCRIPTS_HPP

#include <span>
#include <string_view>

namespace coterie::redis {

struct script
{
    std::string_view name;  // of the operation
    std::string_view sha1;  // of the text, as EVALSHA wants it
    std::string_view text;
};

std::span<script const> all_scripts() noexcept;

}  // namespace coterie::redis

#endif
