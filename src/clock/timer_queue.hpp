// The timers of a clock, in the order they are due. Pure: it neither waits nor invokes.
#ifndef COTERIE_SRC_CLOCK_TIMER_QUEUE_HPP
#define COTERIE_SRC_CLOCK_TIMER_QUEUE_HPP

#include <coterie/clock.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coterie {

class timer_queue
{
public:
    using time_point = clock::time_point;
    using timer_id = clock::timer_id;
    using handler = boost::asio::any_completion_handler<void()>;

    // A handler, and the work that keeps its own context running until it is invoked or dropped.
    struct entry
    {
        handler invoke;
        boost::asio::any_completion_executor work;
    };

    timer_id add(time_point when, handler h);

    // Empty: unknown, or taken before.
    std::optional<entry> take(timer_id);

    // Takes the timers due at `now`, the earliest first, those of one time in the order they were added.
    std::vector<entry> take_due(time_point now);

    std::vector<entry> take_all() { return take_due(time_point::max()); }

    std::optional<time_point> next() const { return order_.empty() ? std::nullopt : std::optional{order_.begin()->first.first}; }

    bool empty() const noexcept { return order_.empty(); }
    std::size_t size() const noexcept { return order_.size(); }

private:
    std::map<std::pair<time_point, timer_id>, entry> order_;
    std::unordered_map<timer_id, time_point> times_;
    timer_id last_ = 0;
};

}  // namespace coterie

#endif
