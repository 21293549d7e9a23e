// What must be true of the keys of all groups in a server, after every operation: the invariants of docs/protocol.md.
#ifndef COTERIE_TEST_SUPPORT_INVARIANTS_HPP
#define COTERIE_TEST_SUPPORT_INVARIANTS_HPP

#include "resp_client.hpp"

#include <string>
#include <vector>

namespace coterie::test {

// A line for each invariant that is broken.
std::vector<std::string> broken_invariants(resp_client&);

}  // namespace coterie::test

#endif
