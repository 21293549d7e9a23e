#include "signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace coterie::session {

struct signal::waiter
{
    using timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

    timer parked;
    bool notified = false;
    bool late = false;
};

void signal::notify()
{
    for (auto const& one : std::exchange(waiting_, {}))
    {
        one->notified = true;
        one->parked.cancel();
    }
}

task<bool> signal::wait(core::local_time until)
{
    auto const self = std::make_shared<waiter>(waiter::timer{strand_, std::chrono::steady_clock::time_point::max()});
    waiting_.push_back(self);

    std::optional<clock::timer_id> deadline;
    if (until != never)
        deadline = time_->schedule(until, asio::bind_executor(strand_, [weak = std::weak_ptr{self}] {
                                       if (auto const one = weak.lock())
                                       {
                                           one->late = true;
                                           one->parked.cancel();
                                       }
                                   }));

    while (!self->notified && !self->late)
        co_await self->parked.async_wait(asio::as_tuple(asio::use_awaitable_t<executor>{}));

    if (deadline && !self->late)
        time_->cancel(*deadline);
    if (!self->notified)
        std::erase(waiting_, self);
    co_return self->notified;
}

}  // namespace coterie::session
