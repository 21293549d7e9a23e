// The store kept in this process.
#ifndef COTERIE_SRC_STORE_MEMORY_MAKE_STORE_HPP
#define COTERIE_SRC_STORE_MEMORY_MAKE_STORE_HPP

#include "../store.hpp"

#include <coterie/clock.hpp>
#include <coterie/log.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace coterie::store {

struct memory_options
{
    std::chrono::milliseconds response_timeout{1500};  // the connection is given up when a reply takes longer
};

// `name` as in memory:NAME, shared by all clients of this process; empty: a store of its own. A shared server goes by the clock of
// its first client.
std::unique_ptr<store> make_memory_store(std::string name, memory_options, executor, std::shared_ptr<clock>, log_config const&);

}  // namespace coterie::store

#endif
