// The client's end of a memory server: connects, keeps connecting, gives up connections that do not answer.
#ifndef COTERIE_SRC_STORE_MEMORY_MEMORY_STORE_HPP
#define COTERIE_SRC_STORE_MEMORY_MEMORY_STORE_HPP

#include "make_store.hpp"

#include <memory>
#include <string>

namespace coterie::store::memory {

class memory_client;

class memory_store final : public store
{
public:
    explicit memory_store(std::shared_ptr<memory_client>);
    ~memory_store() override;

    void start(observer&) override;
    void stop() override;
    void submit(std::string group, operation, handler) override;
    void watch(topic const&, watch_handler) override;
    void unwatch(topic const&) override;

private:
    std::shared_ptr<memory_client> client_;
};

}  // namespace coterie::store::memory

#endif
