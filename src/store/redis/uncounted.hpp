// A request whose replies Boost.Redis does not wait for: they come like pushes, in order.
//
// SSUBSCRIBE is confirmed by a push, yet Boost.Redis 1.92 takes only SUBSCRIBE and its like (request.ipp, has_response) for
// commands without a reply; it would give the next command's reply to an SSUBSCRIBE, and so on for ever. On a connection for
// pushes therefore nothing is counted, and link matches what comes with what was asked.
#ifndef COTERIE_SRC_STORE_REDIS_UNCOUNTED_HPP
#define COTERIE_SRC_STORE_REDIS_UNCOUNTED_HPP

#include <boost/redis/request.hpp>

#include <string>
#include <string_view>

namespace coterie::redis {

struct whole_payload
{
    std::string_view bytes;
};

// Found by Boost.Redis when it serializes an argument of this type: puts the bytes in place of all there is so far.
inline void boost_redis_to_bulk(std::string& to, whole_payload const& payload)
{
    to = payload.bytes;
}

inline boost::redis::request uncounted(boost::redis::request const& original)
{
    boost::redis::request result;
    result.push("SUBSCRIBE", whole_payload{original.payload()});
    return result;
}

}  // namespace coterie::redis

#endif
