#include "limits.hpp"

#include <algorithm>
#include <stdexcept>

namespace coterie::core {

error_code check_name(std::string_view name)
{
    auto const forbidden = [](char c) { return c == '{' || c == '}' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (name.empty() || name.size() > max_name || std::any_of(name.begin(), name.end(), forbidden))
        return errc::bad_name;
    return {};
}

error_code check_id(std::string_view id)
{
    return id.empty() || id.size() > max_name ? error_code{errc::bad_name} : error_code{};
}

error_code check_value(std::string_view value)
{
    if (value.size() > max_value)
        return errc::too_large;
    return {};
}

void require(bool condition, std::string_view field, std::string_view what)
{
    if (!condition)
        throw std::invalid_argument{std::string{field} + ": " + std::string{what}};
}

}  // namespace coterie::core
