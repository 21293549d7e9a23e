// Events that come before those that precede them are known: kept while these are asked for.
#ifndef COTERIE_SRC_SESSION_EARLY_EVENTS_HPP
#define COTERIE_SRC_SESSION_EARLY_EVENTS_HPP

#include "../core/event.hpp"

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace coterie::session {

// How long a push may be behind the reply that knows of its event before it counts as lost.
constexpr std::chrono::milliseconds push_delay{50};

class early_events
{
public:
    static constexpr std::size_t most = 10'000;

    // False: there are too many. This one is dropped, and to be asked for.
    bool keep(core::event const& one)
    {
        if (kept_.size() == most)
            return false;
        kept_.push_back(one);
        return true;
    }

    std::vector<core::event> take() { return std::exchange(kept_, {}); }

private:
    std::vector<core::event> kept_;
};

}  // namespace coterie::session

#endif
