// How long to wait before the next try to connect: growing, jittered, bounded, so that a returning server is found within
// `cap` and a thousand clients do not come at once.
#ifndef COTERIE_SRC_CORE_BACKOFF_HPP
#define COTERIE_SRC_CORE_BACKOFF_HPP

#include <algorithm>
#include <chrono>

namespace coterie::core {

class backoff
{
public:
    static constexpr std::chrono::milliseconds base{20};
    static constexpr std::chrono::milliseconds cap{1000};

    // `chance` is random in [0, 1): between half of the current step and the whole of it.
    std::chrono::milliseconds next(double chance)
    {
        auto const whole = step_;
        step_ = std::min(step_ * 2, cap);
        return std::chrono::milliseconds{static_cast<long>(static_cast<double>(whole.count()) * (0.5 + chance / 2))};
    }

    void reset() { step_ = base; }

private:
    std::chrono::milliseconds step_ = base;
};

}  // namespace coterie::core

#endif
