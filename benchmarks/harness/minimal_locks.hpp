// The least that a lock in Redis can be: what coterie's locks are measured against. (Nobody should use it as it is: it has no fence,
// no renewal and no queue.)
#ifndef COTERIE_BENCHMARKS_HARNESS_MINIMAL_LOCKS_HPP
#define COTERIE_BENCHMARKS_HARNESS_MINIMAL_LOCKS_HPP

#include "raw_connection.hpp"

#include <functional>
#include <string>
#include <vector>

namespace coterie::benchmarks {

// The commands of one lock, as the protocol writes them.
struct lock_pair
{
    std::string take;
    std::string release;
};

// SET NX PX, and a script that compares and deletes.
lock_pair minimal_pair(raw_connection&, std::string_view name);

// The same, both as scripts.
lock_pair scripted_pair(raw_connection&, std::string_view name);

// A lock as Redisson keeps it: a hash with a count for its owner, and a message to those who wait.
lock_pair hash_pair(raw_connection&, std::string_view name);

// Takes and releases all of them, each again as soon as it is free, until the time is over. Returns the number of pairs.
std::uint64_t pipeline(asio::io_context&, raw_connection&, std::vector<lock_pair> const&, std::chrono::nanoseconds);

}  // namespace coterie::benchmarks

#endif
