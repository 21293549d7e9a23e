// Who speaks to a store.
#ifndef COTERIE_SRC_STORE_CALLER_HPP
#define COTERIE_SRC_STORE_CALLER_HPP

#include "../core/event.hpp"

#include <cstdint>

namespace coterie::store {

using core::revision;
using core::server_time;
using core::session_id;

struct caller
{
    session_id session;
    std::uint64_t generation = 0;  // number of the connection, growing; chosen by the client
};

}  // namespace coterie::store

#endif
