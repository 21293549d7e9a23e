// Redis's patterns: `*`, `?`, `[a-z]`, `[^a]`, `\x`. Answers as Redis does, in at most |pattern| * |text| steps.
#ifndef COTERIE_SRC_CORE_GLOB_HPP
#define COTERIE_SRC_CORE_GLOB_HPP

#include <string_view>

namespace coterie::core {

// Compares bytes, and the whole of the text.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

}  // namespace coterie::core

#endif
