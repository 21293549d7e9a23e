// What is refused before anything is sent.
#ifndef COTERIE_SRC_CORE_LIMITS_HPP
#define COTERIE_SRC_CORE_LIMITS_HPP

#include <coterie/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::core {

constexpr std::size_t max_name = 512;               // bytes of a group, member, lock or path
constexpr std::size_t max_value = 1024 * 1024;      // bytes of a value, a member's tags included
constexpr std::size_t max_result = 64 * max_value;  // bytes of a memoised result
constexpr std::size_t max_tags = 64;                // of one member

// bad_name: empty, longer than max_name, or with `{`, `}` or a control character.
error_code check_name(std::string_view);

// The same for what may be any bytes: bad_name if it is empty or longer than max_name.
error_code check_id(std::string_view);

// too_large: longer than max_value.
error_code check_value(std::string_view);

// Throws std::invalid_argument that names the field.
void require(bool condition, std::string_view field, std::string_view what);

}  // namespace coterie::core

#endif
