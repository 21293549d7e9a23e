// What workers do. Each program is one coroutine, started once or several times in each worker; it ends when the worker is no longer busy, if
// it does not say otherwise. Whatever it asks for may fail, and be tried again; it tells what it saw.
#ifndef COTERIE_TEST_CHAOS_PROGRAMS_HPP
#define COTERIE_TEST_CHAOS_PROGRAMS_HPP

#include "worker.hpp"

namespace coterie::chaos {

asio::awaitable<void> take_locks(worker&);
asio::awaitable<void> campaign(worker&);
asio::awaitable<void> join_and_leave(worker&);
asio::awaitable<void> say_who_is_there(worker&);  // says it until the worker closes
asio::awaitable<void> ask_for_results(worker&);
asio::awaitable<void> change_results(worker&);

// These read until their stream ends.
asio::awaitable<void> watch_members(worker&);
asio::awaitable<void> watch_leaders(worker&);
asio::awaitable<void> watch_presence(worker&);

}  // namespace coterie::chaos

#endif
