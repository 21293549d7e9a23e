// Collects replies from Boost.Redis's parser.
//
// The adapters of Boost.Redis report a server's error or an unexpected type as an error of the connection, which ends it. This
// one takes whatever comes and never fails: what a reply means is decided later, by whoever asked.
#ifndef COTERIE_SRC_STORE_REDIS_COLLECTOR_HPP
#define COTERIE_SRC_STORE_REDIS_COLLECTOR_HPP

#include "resp_value.hpp"

#include <boost/redis/adapter/any_adapter.hpp>
#include <boost/redis/resp3/node.hpp>

#include <memory>
#include <vector>

namespace coterie::redis {

using replies = std::vector<resp_value>;

// The adapter shares the owner of `to`, so that the parser never writes to something that is gone.
boost::redis::any_adapter collect(std::shared_ptr<replies> to);

// Adds one node of a reply; `depth` and order are the parser's.
void add_node(replies& to, boost::redis::resp3::node_view const&);

}  // namespace coterie::redis

#endif
