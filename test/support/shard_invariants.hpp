// What must be true of the keys of a shard of a presence space: the invariants of docs/protocol.md, "Presence".
#ifndef COTERIE_TEST_SUPPORT_SHARD_INVARIANTS_HPP
#define COTERIE_TEST_SUPPORT_SHARD_INVARIANTS_HPP

#include "resp_client.hpp"

#include <string>
#include <vector>

namespace coterie::test {

// A line for each one that is broken.
std::vector<std::string> broken_shard(resp_client&, std::string const& prefix);

}  // namespace coterie::test

#endif
