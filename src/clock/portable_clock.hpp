// The real clock where there is no timerfd: Asio's steady_timer, whose clock may stand still while the machine is suspended.
#ifndef COTERIE_SRC_CLOCK_PORTABLE_CLOCK_HPP
#define COTERIE_SRC_CLOCK_PORTABLE_CLOCK_HPP

#include <coterie/clock.hpp>

#include <memory>

namespace coterie {

class portable_clock final : public clock
{
public:
    explicit portable_clock(boost::asio::any_io_executor);

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
