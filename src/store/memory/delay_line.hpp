// One direction of a connection: what is sent arrives after a delay, and nothing overtakes what was sent before it.
#ifndef COTERIE_SRC_STORE_MEMORY_DELAY_LINE_HPP
#define COTERIE_SRC_STORE_MEMORY_DELAY_LINE_HPP

#include <coterie/clock.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace coterie::store::memory {

class server;
struct connection;

class delay_line
{
public:
    using arrival = std::function<void(server&, std::shared_ptr<connection> const&)>;

    // Answers when it arrives.
    clock::time_point add(clock::time_point earliest, arrival what)
    {
        auto const when = under_way_.empty() ? earliest : std::max(earliest, under_way_.back().first);
        under_way_.emplace_back(when, std::move(what));
        return when;
    }

    // The next one that has arrived; an empty function: none.
    arrival take(clock::time_point now)
    {
        if (under_way_.empty() || now < under_way_.front().first)
            return {};
        auto next = std::move(under_way_.front().second);
        under_way_.pop_front();
        return next;
    }

private:
    std::deque<std::pair<clock::time_point, arrival>> under_way_;
};

}  // namespace coterie::store::memory

#endif
