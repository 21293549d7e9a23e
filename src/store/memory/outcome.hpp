// What an operation on a state in memory comes to, and what it needs from outside.
#ifndef COTERIE_SRC_STORE_MEMORY_OUTCOME_HPP
#define COTERIE_SRC_STORE_MEMORY_OUTCOME_HPP

#include "../operations.hpp"

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

namespace coterie::store::memory {

// The server's time as fences and revisions need it; deadlines are in whole milliseconds.
using instant = std::chrono::sys_time<std::chrono::microseconds>;

using random_source = std::function<std::uint64_t()>;

// An event or news for all who watch the address, or a grant for its session.
using push = std::variant<core::event, grant, news>;

struct outcome
{
    boost::system::error_code error;
    reply answer{};            // if there is no error
    std::vector<push> told{};  // in this order
};

}  // namespace coterie::store::memory

#endif
