// What hangs on a resumed session in the store, and on nothing here, is given back: what was lost here while the session lived on there, and
// what its owner had given back before a replica took over that had not heard of it. It would be in the way of others until the session ends.
// (What a replica can bring back was given back within the last ttl: on one that is further behind the session is dead.)
#ifndef COTERIE_SRC_SESSION_STOCKTAKING_HPP
#define COTERIE_SRC_SESSION_STOCKTAKING_HPP

#include "lock_table.hpp"
#include "member_table.hpp"

#include <string>

namespace coterie::session {

// While nothing else is sent in the name of the session. An error: it is not done.
task<error_code> take_stock(hub&, std::string group, store::caller who, lock_table&, member_table&);

}  // namespace coterie::session

#endif
