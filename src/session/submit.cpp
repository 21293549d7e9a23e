#include "submit.hpp"

#include <boost/asio/bind_executor.hpp>

namespace coterie::session {

task<std::pair<error_code, store::reply>> submit_any(hub& shared, std::string group, store::operation operation)
{
    // The store holds this, not the coroutine: see signal.hpp.
    struct slip
    {
        signal answered;
        std::optional<std::pair<error_code, store::reply>> answer{};
    };
    auto const mine = std::make_shared<slip>(slip{signal{shared.strand(), shared.time()}});

    shared.storage().submit(std::move(group), std::move(operation),
                            asio::bind_executor(shared.strand(), [mine](error_code ec, store::reply reply) {
                                mine->answer.emplace(ec, std::move(reply));
                                mine->answered.notify();
                            }));
    while (!mine->answer)
        co_await mine->answered.wait();
    co_return std::move(*mine->answer);
}

}  // namespace coterie::session
