// The real clock of Linux: CLOCK_BOOTTIME, with one timerfd for all timers.
#ifndef COTERIE_SRC_CLOCK_BOOTTIME_CLOCK_HPP
#define COTERIE_SRC_CLOCK_BOOTTIME_CLOCK_HPP

#if defined(__linux__)

#include <coterie/clock.hpp>

#include <memory>

namespace coterie {

class boottime_clock final : public clock
{
public:
    // Throws boost::system::system_error if the system has no timerfd to give.
    explicit boottime_clock(boost::asio::any_io_executor);

    // Timers under way run at their time nevertheless.
    ~boottime_clock() override;

    time_point now() const noexcept override;
    std::chrono::system_clock::time_point wall() const noexcept override;
    timer_id schedule(time_point when, boost::asio::any_completion_handler<void()> handler) override;
    void cancel(timer_id) override;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace coterie

#endif
#endif
