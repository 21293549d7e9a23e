// A store kept in Redis or Valkey: operations go one way, events come another.
#ifndef COTERIE_SRC_STORE_REDIS_REDIS_STORE_HPP
#define COTERIE_SRC_STORE_REDIS_REDIS_STORE_HPP

#include "../store.hpp"
#include "commander.hpp"
#include "make_store.hpp"
#include "replicator.hpp"
#include "subscriber.hpp"

#include <memory>
#include <string>

namespace coterie::redis {

class redis_store final : public store::store
{
public:
    redis_store(core::store_url, redis_options, coterie::store::executor, std::shared_ptr<clock>, log_config const&);
    ~redis_store() override { redis_store::stop(); }

    redis_store(redis_store const&) = delete;
    redis_store& operator=(redis_store const&) = delete;

    void start(coterie::store::observer&) override;
    void stop() override;
    void submit(std::string group, coterie::store::operation, handler) override;
    void watch(coterie::store::topic const&, watch_handler) override;
    void unwatch(coterie::store::topic const&) override;

private:
    // What is queued on the strand may come after the store is gone: it shares these and finds no observer.
    struct audience
    {
        coterie::store::observer* observer = nullptr;
    };

    std::shared_ptr<audience> audience_ = std::make_shared<audience>();
    std::shared_ptr<commander> commander_;
    std::shared_ptr<subscriber> subscriber_;
    std::shared_ptr<replicator> replicator_;
};

}  // namespace coterie::redis

#endif
