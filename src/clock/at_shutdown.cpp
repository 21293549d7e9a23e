#include "at_shutdown.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coterie {
namespace {

class shutdown_service final : public asio::execution_context::service
{
public:
    static inline asio::execution_context::id id;

    explicit shutdown_service(asio::execution_context& context) : service(context) {}

    void add(std::weak_ptr<keeper> one)
    {
        std::lock_guard const guard{mutex_};
        std::erase_if(keepers_, [](auto const& known) { return known.expired(); });
        keepers_.push_back(std::move(one));
    }

private:
    void shutdown() noexcept override
    {
        std::vector<std::weak_ptr<keeper>> keepers;
        {
            std::lock_guard const guard{mutex_};
            keepers.swap(keepers_);
        }
        for (auto const& one : keepers)
            if (auto const alive = one.lock())
                alive->let_go();
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<keeper>> keepers_;
};

}  // namespace

void at_shutdown(asio::execution_context& context, std::weak_ptr<keeper> one)
{
    asio::use_service<shutdown_service>(context).add(std::move(one));
}

void at_shutdown(asio::any_io_executor const& executor, std::weak_ptr<keeper> one)
{
    at_shutdown(asio::query(executor, asio::execution::context), std::move(one));
}

}  // namespace coterie
