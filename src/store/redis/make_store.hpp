// Makes a store kept in Redis or Valkey.
#ifndef COTERIE_SRC_STORE_REDIS_MAKE_STORE_HPP
#define COTERIE_SRC_STORE_REDIS_MAKE_STORE_HPP

#include "../../core/store_url.hpp"
#include "../store.hpp"

#include <coterie/clock.hpp>
#include <coterie/log.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace coterie::redis {

struct redis_options
{
    std::chrono::milliseconds response_timeout{1500};  // a reply overdue ends the connection
    std::chrono::milliseconds connect_timeout{2000};   // for name, connection and handshake together
    std::string client_name = "coterie";               // seen in CLIENT LIST; without spaces
};

// Lives on the executor alone, starts no thread. May be destroyed at any time there; what is under way ends with errc::closed.
std::unique_ptr<store::store> make_redis_store(core::store_url, redis_options, store::executor, std::shared_ptr<clock>, log_config const&);

}  // namespace coterie::redis

#endif
