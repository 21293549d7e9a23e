#include "resp_value.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace coterie::redis {

bool resp_value::is_error(std::string_view code) const noexcept
{
    std::string_view const words = text;
    return type == kind::error && words.substr(0, words.find(' ')) == code;
}

std::optional<std::uint64_t> to_unsigned(std::string_view digits) noexcept
{
    std::uint64_t result = 0;
    auto const last = digits.data() + digits.size();
    auto const [end, error] = std::from_chars(digits.data(), last, result);
    if (error != std::errc{} || end != last)
        return std::nullopt;
    return result;
}

std::optional<std::uint64_t> to_unsigned(resp_value const& value) noexcept
{
    if (!value.is(resp_value::kind::number))
        return std::nullopt;
    return to_unsigned(std::string_view{value.text});
}

std::string_view find_text(resp_value const& map, std::string_view key) noexcept
{
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    {
        if (map.items[i].text == key)
            return map.items[i + 1].text;
    }
    return {};
}

}  // namespace coterie::redis
