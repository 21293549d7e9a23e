// Lengths of time on the command line, compared with what long double makes of them.
#include "fuzz.hpp"

#include "src/cli/duration.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

namespace {

long double in_milliseconds(std::string const& text)
{
    char* unit = nullptr;
    auto const number = std::strtold(text.c_str(), &unit);
    std::string_view const name{unit};
    return number * (name == "ms" || name.empty() ? 1 : name == "s" ? 1'000 : name == "m" ? 60'000 : 3'600'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using coterie::cli::parse_duration;

    std::string const text{fuzz::text_of(data, size)};
    auto const found = parse_duration(text);
    if (!found)
        return 0;
    fuzz::require(*found >= 0ms && *found < 365 * 24h, "less than a year");
    fuzz::require(text.find_first_not_of("0123456789.msh") == text.npos, "digits, a point and a unit");
    fuzz::require(std::abs(in_milliseconds(text) - static_cast<long double>(found->count())) < 1e-3L, "it is what it says");
    fuzz::require(parse_duration(std::to_string(found->count()) + "ms") == found, "written out it is the same");
    return 0;
}
