// The words of a line of a journal.
#ifndef COTERIE_TEST_CHAOS_WORDS_HPP
#define COTERIE_TEST_CHAOS_WORDS_HPP

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::chaos {

using words = std::vector<std::string_view>;

constexpr auto no_status = -1;  // in "tells": just that it is still there

inline words parts_of(std::string_view text, char separator)
{
    words result;
    while (!text.empty())
    {
        auto const end = std::min(text.find(separator), text.size());
        result.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

inline words words_of(std::string_view line)
{
    return parts_of(line, ' ');
}

// "a,b,c"
inline std::vector<std::string> list_in(std::string_view word)
{
    auto const parts = parts_of(word, ',');
    return {parts.begin(), parts.end()};
}

// "name=value"
inline std::pair<std::string, std::string> pair_in(std::string_view word)
{
    auto const middle = word.find('=');
    if (middle == word.npos)
        throw std::invalid_argument{"no pair: " + std::string{word}};
    return {std::string{word.substr(0, middle)}, std::string{word.substr(middle + 1)}};
}

template <class Number>
Number number_in(std::string_view word)
{
    Number result{};
    if (std::from_chars(word.data(), word.data() + word.size(), result).ptr != word.data() + word.size())
        throw std::invalid_argument{"no number: " + std::string{word}};
    return result;
}

}  // namespace coterie::chaos

#endif
