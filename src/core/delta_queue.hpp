// What one reader has not read yet. Bounded: when it is full, new steps are merged into the last one, where a join and a
// leave cancel out. So a slow reader costs at most `limit` steps and one change a name, and still ends with the right membership.
#ifndef COTERIE_SRC_CORE_DELTA_QUEUE_HPP
#define COTERIE_SRC_CORE_DELTA_QUEUE_HPP

#include "roster.hpp"

#include <cstddef>
#include <deque>

namespace coterie::core {

// One step that does what `first`, then `second` do.
delta merged(delta first, delta second);

class delta_queue
{
public:
    explicit delta_queue(std::size_t limit) : limit_{limit} {}

    // False: it held nothing new.
    bool push(delta step)
    {
        if (step.empty())
            return false;
        if (steps_.size() < limit_)
            steps_.push_back(std::move(step));
        else
            steps_.back() = merged(std::move(steps_.back()), std::move(step));
        return true;
    }

    bool empty() const { return steps_.empty(); }

    delta pop()
    {
        auto first = std::move(steps_.front());
        steps_.pop_front();
        return first;
    }

private:
    std::size_t limit_;
    std::deque<delta> steps_;
};

}  // namespace coterie::core

#endif
