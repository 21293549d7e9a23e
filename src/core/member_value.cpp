#include "member_value.hpp"

#include <charconv>
#include <cstddef>
#include <optional>

namespace coterie::core {
namespace {

// Reads `<number><end>` and drops it from the text.
std::optional<std::size_t> take_number(std::string_view& text, char end)
{
    std::size_t number = 0;
    auto const [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{} || stop == text.data() + text.size() || *stop != end)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    return number;
}

std::optional<member_value> read(std::string_view text)
{
    member_value result;
    auto count = take_number(text, ',');
    if (!count)
        return std::nullopt;
    for (; *count > 0; --*count)
    {
        auto const size = take_number(text, ':');
        if (!size || *size > text.size())
            return std::nullopt;
        result.tags.emplace_back(text.substr(0, *size));
        text.remove_prefix(*size);
    }
    result.value = text;
    return result;
}

}  // namespace

std::string pack(member_value const& unpacked)
{
    auto result = std::to_string(unpacked.tags.size()) + ",";
    for (auto const& tag : unpacked.tags)
        result += std::to_string(tag.size()) + ":" + tag;
    return result + unpacked.value;
}

member_value unpack(std::string_view packed)
{
    if (auto result = read(packed))
        return std::move(*result);
    return {{}, std::string{packed}};
}

}  // namespace coterie::core
