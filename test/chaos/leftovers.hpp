// What is left in a server when all have closed.
#ifndef COTERIE_TEST_CHAOS_LEFTOVERS_HPP
#define COTERIE_TEST_CHAOS_LEFTOVERS_HPP

#include <string>

namespace coterie::chaos {

// Throws checkers::violation if a key does not go, or not as soon as docs/operations.md says. `socket`: of the server.
void require_nothing_is_left(std::string const& socket);

}  // namespace coterie::chaos

#endif
