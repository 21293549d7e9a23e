#include "registry.hpp"

#include <map>
#include <mutex>
#include <random>
#include <utility>

namespace coterie::store::memory {
namespace {

struct registry
{
    std::mutex mutex;
    std::map<std::string, std::weak_ptr<server>> servers;
    std::uint64_t tests = 0;
};

registry& all()
{
    static registry one;
    return one;
}

std::uint64_t random_seed()
{
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

}  // namespace

std::shared_ptr<server> find_or_make_server(std::string const& name, std::shared_ptr<clock> clock)
{
    if (name.empty())
        return std::make_shared<server>(std::move(clock), random_seed());
    auto& known = all();
    std::lock_guard const guard{known.mutex};
    auto found = known.servers[name].lock();
    if (!found)
    {
        std::erase_if(known.servers, [](auto const& entry) { return entry.second.expired(); });
        found = std::make_shared<server>(std::move(clock), random_seed());
        known.servers[name] = found;
    }
    return found;
}

std::shared_ptr<server> make_test_server(std::shared_ptr<clock> clock, std::string& name)
{
    auto& known = all();
    std::lock_guard const guard{known.mutex};
    auto made = std::make_shared<server>(std::move(clock), 1);
    name = "testing-" + std::to_string(++known.tests);
    known.servers[name] = made;
    return made;
}

void forget_server(std::string const& name)
{
    auto& known = all();
    std::lock_guard const guard{known.mutex};
    known.servers.erase(name);
}

}  // namespace coterie::store::memory
