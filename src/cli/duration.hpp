// A length of time as written on a command line: 250ms, 7.5s, 2m, 1h.
#ifndef COTERIE_SRC_CLI_DURATION_HPP
#define COTERIE_SRC_CLI_DURATION_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coterie::cli {

// Digits, maybe a point and more digits, and a unit; a plain 0 needs none. Empty if it is anything else, not a whole number of
// milliseconds, or a year or more.
constexpr std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    constexpr std::int64_t year = std::int64_t{365} * 24 * 3'600'000;

    if (text == "0")
        return std::chrono::milliseconds{0};

    auto const unit_at = text.find_first_not_of("0123456789.");
    if (unit_at == std::string_view::npos)
        return std::nullopt;
    auto const name = text.substr(unit_at);
    std::int64_t const unit = name == "ms" ? 1 : name == "s" ? 1'000 : name == "m" ? 60'000 : name == "h" ? 3'600'000 : 0;

    auto const number = text.substr(0, unit_at);
    auto const point = number.find('.');
    auto const whole = number.substr(0, point);
    auto const fraction = point == std::string_view::npos ? std::string_view{"0"} : number.substr(point + 1);
    if (unit == 0 || whole.empty() || fraction.empty() || fraction.find('.') != std::string_view::npos)
        return std::nullopt;

    std::int64_t total = 0;
    for (char const digit : whole)
    {
        total = total * 10 + (digit - '0') * unit;
        if (total >= year)
            return std::nullopt;
    }

    // Every length in whole milliseconds ends after eight places, that of an hour's part too; zeros may follow.
    std::int64_t parts = 0;
    std::int64_t scale = 1;
    for (char const digit : fraction.substr(0, fraction.find_last_not_of('0') + 1))
    {
        if (scale == 100'000'000)
            return std::nullopt;
        parts = parts * 10 + (digit - '0');
        scale *= 10;
    }
    if (parts * unit % scale != 0)
        return std::nullopt;
    return std::chrono::milliseconds{total + parts * unit / scale};
}

}  // namespace coterie::cli

#endif
