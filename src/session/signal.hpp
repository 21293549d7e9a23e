// A condition that coroutines of one strand wait for: whoever changes something notifies, whoever waits looks again.
// (Nothing here owns a coroutine: see store/parking.hpp.)
#ifndef COTERIE_SRC_SESSION_SIGNAL_HPP
#define COTERIE_SRC_SESSION_SIGNAL_HPP

#include "../core/time.hpp"
#include "task.hpp"

#include <coterie/clock.hpp>

#include <boost/container/small_vector.hpp>

#include <memory>

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
    boost::container::small_vector<std::shared_ptr<waiter>, 1> waiting_;
};

}  // namespace coterie::session

#endif
