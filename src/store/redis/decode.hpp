// From a script's answer to the reply of its operation.
#ifndef COTERIE_SRC_STORE_REDIS_DECODE_HPP
#define COTERIE_SRC_STORE_REDIS_DECODE_HPP

#include "../operations.hpp"
#include "resp_value.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>

namespace coterie::redis {

// `operation` is its index in store::operation; `to` becomes the alternative with that index.
// errc::lost and errc::stale as the script says; errc::refused for an error reply, with its words, and for what is no answer.
boost::system::error_code decode(std::size_t operation, resp_value&& answer, store::reply& to);

}  // namespace coterie::redis

#endif
