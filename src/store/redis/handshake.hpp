// The first words on a new connection: who we are, which database, and whether the server is one we can work with.
#ifndef COTERIE_SRC_STORE_REDIS_HANDSHAKE_HPP
#define COTERIE_SRC_STORE_REDIS_HANDSHAKE_HPP

#include "../../core/store_url.hpp"
#include "collector.hpp"

#include <boost/redis/request.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace coterie::redis {

boost::redis::request make_handshake(core::store_url const& credentials, std::string_view client_name);

// What the server's answers to it mean: no error, errc::refused or errc::unsupported_server with words.
boost::system::error_code judge_handshake(replies const&);

}  // namespace coterie::redis

#endif
