// Reads what the server in memory says of a group (testing::memory_server::dump): the truth that others are measured by.
#ifndef COTERIE_TEST_SIMULATION_STORE_TEXT_HPP
#define COTERIE_TEST_SIMULATION_STORE_TEXT_HPP

#include "test/checkers/event_checker.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace coterie::simulation {

// Who is a member: of several sessions under one name the one that joined last comes first.
checkers::member_records members_in(std::string_view dump);

// Until when each session lives, in ms since 1970.
std::map<std::string, std::int64_t> leases_in(std::string_view dump);

// Whether a lock is held under this fence: by a record of its own, or by a place that was granted several fences in a row.
bool is_held_under(std::string_view dump, std::uint64_t fence);

}  // namespace coterie::simulation

#endif
