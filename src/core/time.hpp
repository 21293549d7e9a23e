// Points in time on the injected clock, for code that must not know Asio.
#ifndef COTERIE_SRC_CORE_TIME_HPP
#define COTERIE_SRC_CORE_TIME_HPP

#include <chrono>

namespace coterie {
class clock;
}

namespace coterie::core {

using duration = std::chrono::nanoseconds;
using local_time = std::chrono::time_point<clock, duration>;  // = clock::time_point

}  // namespace coterie::core

#endif
