// The events of one address: the newest ones, each with its predecessor.
#ifndef COTERIE_SRC_STORE_MEMORY_EVENT_LOG_HPP
#define COTERIE_SRC_STORE_MEMORY_EVENT_LOG_HPP

#include "outcome.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace coterie::store::memory {

class event_log
{
public:
    revision last() const noexcept { return last_; }
    bool empty() const noexcept { return events_.empty() && last_ == 0; }

    // Nothing if nothing has changed.
    std::optional<core::event> add(std::vector<core::change>, instant now);

    // The same in one event, or in several of about 1 MiB, as values go.
    std::vector<core::event> add_all(std::vector<core::change>, instant now);

    history::reply since(history const&) const;
    void clear();

private:
    static constexpr std::size_t length = 1024;

    std::deque<core::event> events_;
    revision last_ = 0;
};

}  // namespace coterie::store::memory

#endif
