// How long a memoised result lives: decisions that need a number drawn at random, 0 <= chance < 1.
#ifndef COTERIE_SRC_CORE_MEMO_LIFE_HPP
#define COTERIE_SRC_CORE_MEMO_LIFE_HPP

#include <algorithm>
#include <chrono>
#include <cmath>

namespace coterie::core {

// XFetch: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", PVLDB 8(8), 2015. `left`: until the end of its
// ttl; `cost`: what it took to generate.
inline bool refreshes_early(std::chrono::milliseconds left, std::chrono::milliseconds cost, double beta, double chance)
{
    using real_ms = std::chrono::duration<double, std::milli>;
    return beta > 0 && real_ms{cost} * beta * -std::log(1.0 - chance) >= real_ms{left};
}

// `ttl` less a random part of up to `jitter`; what is something stays something.
inline std::chrono::milliseconds jittered(std::chrono::milliseconds ttl, double jitter, double chance)
{
    auto const less = std::chrono::milliseconds{
        static_cast<std::chrono::milliseconds::rep>(static_cast<double>(ttl.count()) * jitter * chance)};
    return std::max(ttl - less, std::min(ttl, std::chrono::milliseconds{1}));
}

}  // namespace coterie::core

#endif
