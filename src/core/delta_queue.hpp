// What one reader has not read yet. Bounded: when it is full, new steps are merged into the last one, where a join and a
// leave cancel out. So a slow reader costs at most `limit` steps and one change a name, and still ends with the right membership.
#ifndef COTERIE_SRC_CORE_DELTA_QUEUE_HPP
#define COTERIE_SRC_CORE_DELTA_QUEUE_HPP

#include "roster.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace coterie::core {

// Several steps made into one; adding a step costs what that step holds, however much is here.
class merging
{
public:
    explicit merging(delta first) { add(std::move(first)); }

    void add(delta next);
    delta take();

private:
    revision at_ = 0;
    bool resynced_ = false;
    std::map<std::string, name_change, std::less<>> by_name_;
};

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
        if (rest_)
            rest_->add(std::move(step));
        else if (steps_.size() < limit_)
            steps_.push_back(std::move(step));
        else
        {
            rest_.emplace(std::move(steps_.back()));
            steps_.pop_back();
            rest_->add(std::move(step));
        }
        return true;
    }

    bool empty() const { return steps_.empty() && !rest_; }

    delta pop()
    {
        if (steps_.empty())
        {
            auto all = rest_->take();
            rest_.reset();
            return all;
        }
        auto first = std::move(steps_.front());
        steps_.pop_front();
        return first;
    }

private:
    std::size_t limit_;
    std::deque<delta> steps_;
    std::optional<merging> rest_;  // once it was full, and until that has been read: everything newer
};

}  // namespace coterie::core

#endif
