// A condition that coroutines of one strand wait for: whoever changes something notifies, whoever waits looks again.
//
// Who waits is parked in a timer of the context that never expires, so that a context which is destroyed finds and destroys him:
// nothing here, in a store or in a clock ever owns a coroutine.
#ifndef COTERIE_SRC_SESSION_SIGNAL_HPP
#define COTERIE_SRC_SESSION_SIGNAL_HPP

#include "../core/time.hpp"
#include "task.hpp"

#include <coterie/clock.hpp>

#include <memory>
#include <vector>

namespace coterie::session {

constexpr auto never = core::local_time::max();

class signal
{
public:
    signal(executor strand, clock& time) : strand_{std::move(strand)}, time_{&time} {}

    void notify();

    // False: `until` came first. The signal must outlive the wait.
    task<bool> wait(core::local_time until = never);

private:
    struct waiter;

    executor strand_;
    clock* time_;
    std::vector<std::shared_ptr<waiter>> waiting_;
};

}  // namespace coterie::session

#endif
