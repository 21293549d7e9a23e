// The main function of a worker process.
#ifndef COTERIE_TEST_CHAOS_WORKER_PROCESS_HPP
#define COTERIE_TEST_CHAOS_WORKER_PROCESS_HPP

#include "settings.hpp"

namespace coterie::chaos {

// Prints "listens" when it listens to signals. SIGUSR1: it is to rest, and prints "rests" when it does. SIGUSR2: it prints what it sees, and
// "viewed". SIGTERM: it is to close. Returns when nothing of it runs any more.
void run_worker(worker_settings const&);

}  // namespace coterie::chaos

#endif
