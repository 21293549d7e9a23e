// The seeds of a random test: COTERIE_SEEDS of them, or as many as the test says, from COTERIE_SEED (1) on.
#ifndef COTERIE_TEST_SUPPORT_SEEDS_HPP
#define COTERIE_TEST_SUPPORT_SEEDS_HPP

#include <cstdint>
#include <cstdlib>
#include <ranges>

namespace coterie::test {

inline auto seeds(std::uint64_t count)
{
    std::uint64_t first = 1;
    if (char const* const given = std::getenv("COTERIE_SEED"))
        first = std::strtoull(given, nullptr, 10);
    if (char const* const given = std::getenv("COTERIE_SEEDS"))
        count = std::strtoull(given, nullptr, 10);
    return std::views::iota(first, first + count);
}

}  // namespace coterie::test

#endif
