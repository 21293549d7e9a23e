#include "signal.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace coterie::session {

struct signal::waiter : store::parking::place
{
    bool notified = false;
    bool late = false;
};

void signal::notify()
{
    auto const all = std::exchange(waiting_, {});
    for (auto const& one : all)
        one->notified = true;
    for (auto const& one : all)
        strand_.waiting().resume(*one);
}

task<bool> signal::wait(core::local_time until)
{
    auto const self = std::make_shared<waiter>();
    waiting_.push_back(self);

    std::optional<clock::timer_id> deadline;
    if (until != never)
        deadline = time_->schedule(until, asio::bind_executor(strand_, [weak = std::weak_ptr{self}, strand = strand_] {
                                       if (auto const one = weak.lock())
                                       {
                                           one->late = true;
                                           strand.waiting().resume(*one);
                                       }
                                   }));

    if (!self->notified && !self->late)
        co_await strand_.waiting().async_wait(*self, asio::deferred);

    if (deadline && !self->late)
        time_->cancel(*deadline);
    if (!self->notified)
        waiting_.erase(std::ranges::find(waiting_, self));
    co_return self->notified;
}

}  // namespace coterie::session
