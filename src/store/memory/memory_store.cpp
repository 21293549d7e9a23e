#include "memory_store.hpp"

#include "memory_client.hpp"
#include "registry.hpp"

#include <utility>

namespace coterie::store {
namespace memory {

memory_store::memory_store(std::shared_ptr<memory_client> client) : client_{std::move(client)} {}

memory_store::~memory_store()
{
    client_->stop();
}

void memory_store::start(observer& who)
{
    client_->start(who);
}

void memory_store::stop()
{
    client_->stop();
}

void memory_store::submit(std::string group, operation what, handler done)
{
    client_->submit(std::move(group), std::move(what), std::move(done));
}

void memory_store::watch(topic const& what, watch_handler done)
{
    client_->watch(what, std::move(done));
}

void memory_store::unwatch(topic const& what)
{
    client_->unwatch(what);
}

}  // namespace memory

std::unique_ptr<store> make_memory_store(std::string name, memory_options options, executor strand, std::shared_ptr<clock> clock,
                                         log_config const& log)
{
    auto server = memory::find_or_make_server(name, clock);
    auto client = std::make_shared<memory::memory_client>(std::move(server), options, std::move(strand), std::move(clock), log);
    return std::make_unique<memory::memory_store>(std::move(client));
}

}  // namespace coterie::store
