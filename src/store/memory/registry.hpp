// The memory servers of this process that have a name.
#ifndef COTERIE_SRC_STORE_MEMORY_REGISTRY_HPP
#define COTERIE_SRC_STORE_MEMORY_REGISTRY_HPP

#include "server.hpp"

#include <memory>
#include <string>

namespace coterie::store::memory {

// The living server of this name, or a new one on the given clock; an empty name: always a new one. It lives as long as somebody
// holds it. Thread-safe.
std::shared_ptr<server> find_or_make_server(std::string const& name, std::shared_ptr<clock>);

// A new server under a name that no other has had. Its chance repeats from run to run.
std::shared_ptr<server> make_test_server(std::shared_ptr<clock>, std::string& name);

// The name is free again; clients keep their server.
void forget_server(std::string const& name);

}  // namespace coterie::store::memory

#endif
