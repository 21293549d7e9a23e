// Any bytes to UTF-8.
#include "output.hpp"

#include <cstddef>
#include <cstdint>

namespace coterie::cli {
namespace {

// How many bytes at the start of the text are one character; 0: none is.
std::size_t character_length(std::string_view text)
{
    auto const at = [text](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };

    auto const first = at(0);
    std::size_t const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length > text.size())
        return 0;
    std::uint32_t code = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i)
    {
        if ((at(i) & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at(i) & 0x3f);
    }

    bool const too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    bool const surrogate = code >= 0xd800 && code < 0xe000;
    return too_long || surrogate || code > 0x10ffff ? 0 : length;
}

}  // namespace

std::string utf8(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty())
    {
        auto const length = character_length(text);
        if (length == 0)
            result += "\xef\xbf\xbd";
        else
            result += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

boost::json::array utf8(std::span<std::string const> texts)
{
    boost::json::array result;
    for (auto const& text : texts)
        result.emplace_back(utf8(text));
    return result;
}

}  // namespace coterie::cli
