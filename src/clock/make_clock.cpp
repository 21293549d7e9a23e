#include <coterie/clock.hpp>

#include "boottime_clock.hpp"
#include "portable_clock.hpp"

#include <utility>

namespace coterie {

std::shared_ptr<clock> make_clock(boost::asio::any_io_executor executor)
{
#if defined(__linux__)
    return std::make_shared<boottime_clock>(std::move(executor));
#else
    return std::make_shared<portable_clock>(std::move(executor));
#endif
}

}  // namespace coterie
