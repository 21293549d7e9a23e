#include "glob.hpp"

#include <cstddef>
#include <utility>

namespace coterie::core {
namespace {

// Does the class whose `[` is before `at` hold the byte? Moves `at` behind its `]`. As in Redis, a class that is never closed ends
// with the pattern, and the byte after a `-` is the end of a range even if it is a `]`.
bool match_class(std::string_view pattern, std::size_t& at, unsigned char byte) noexcept
{
    bool const negated = at < pattern.size() && pattern[at] == '^';
    if (negated)
        ++at;
    bool found = false;
    while (at < pattern.size())
    {
        auto const left = pattern.size() - at;
        auto low = static_cast<unsigned char>(pattern[at]);
        if (low == '\\' && left >= 2)
        {
            found |= static_cast<unsigned char>(pattern[at + 1]) == byte;
            at += 2;
        }
        else if (low == ']')
        {
            ++at;
            break;
        }
        else if (left >= 3 && pattern[at + 1] == '-')
        {
            auto high = static_cast<unsigned char>(pattern[at + 2]);
            if (low > high)
                std::swap(low, high);
            found |= low <= byte && byte <= high;
            at += 3;
        }
        else
        {
            found |= low == byte;
            ++at;
        }
    }
    return found != negated;
}

// Does the element at `at`, which is no `*`, match the byte? Moves `at` behind it.
bool match_one(std::string_view pattern, std::size_t& at, unsigned char byte) noexcept
{
    switch (pattern[at])
    {
    case '?': ++at; return true;
    case '[': return match_class(pattern, ++at, byte);
    case '\\':
        if (at + 1 < pattern.size())
            ++at;
        [[fallthrough]];
    default: return static_cast<unsigned char>(pattern[at++]) == byte;
    }
}

}  // namespace

// If it fails behind a `*`, only the last one need take a byte more: what an earlier one could take, the last one can.
bool glob_match(std::string_view pattern, std::string_view text) noexcept
{
    constexpr auto none = std::string_view::npos;
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t after_star = none;
    std::size_t resume = 0;
    while (t < text.size())
    {
        if (p < pattern.size() && pattern[p] == '*')
        {
            after_star = ++p;
            resume = t;
            continue;
        }
        if (p < pattern.size() && match_one(pattern, p, static_cast<unsigned char>(text[t])))
        {
            ++t;
            continue;
        }
        if (after_star == none)
            return false;
        p = after_star;
        t = ++resume;
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}  // namespace coterie::core
