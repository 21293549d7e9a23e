// The clock everything in coterie takes its time from.
#ifndef COTERIE_CLOCK_HPP
#define COTERIE_CLOCK_HPP

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace coterie {

// A clock for deadlines and timers. The default one counts while the machine is suspended (CLOCK_BOOTTIME), so that a machine
// which wakes up knows that its leases are gone. Tests use testing::virtual_clock.
// Thread safety: every member may be called from any thread.
class clock
{
public:
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<clock, duration>;
    using timer_id = std::uint64_t;

    virtual ~clock() = default;

    // Never goes back.
    virtual time_point now() const noexcept = 0;

    // The time of day.
    virtual std::chrono::system_clock::time_point wall() const noexcept = 0;

    // Invokes the handler once: at `when` or soon after it, or when cancelled; by the handler's associated executor.
    virtual timer_id schedule(time_point when, boost::asio::any_completion_handler<void()> handler) = 0;

    // The handler of this timer is invoked now, if it was not yet. An unknown id is ignored.
    virtual void cancel(timer_id) = 0;
};

// The default clock. The executor's context runs its timers.
std::shared_ptr<clock> make_clock(boost::asio::any_io_executor);

}  // namespace coterie

#endif
