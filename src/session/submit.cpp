#include "submit.hpp"

#include <boost/asio/bind_executor.hpp>

namespace coterie::session {

std::shared_ptr<slip> send(hub& shared, std::string group, store::operation operation)
{
    auto const mine = std::make_shared<slip>(shared);
    shared.storage().submit(std::move(group), std::move(operation),
                            asio::bind_executor(shared.strand(), [mine, strand = shared.strand()](error_code ec, store::reply reply) {
                                mine->answer.emplace(ec, std::move(reply));
                                strand.waiting().resume(mine->waiting);
                                mine->answered.notify();
                            }));
    return mine;
}

task<std::pair<error_code, store::reply>> answer_of(std::shared_ptr<slip> mine)
{
    if (!mine->answer)
        co_await mine->answered.wait();
    co_return std::move(*mine->answer);
}

task<error_code> begin_watch(hub& shared, void const* who, std::string address)
{
    struct wish
    {
        signal answered;
        std::optional<error_code> answer{};
    };
    auto const mine = std::make_shared<wish>(wish{signal{shared.strand(), shared.time()}});
    shared.watch(who, {std::move(address)}, asio::bind_executor(shared.strand(), [mine](error_code ec) {
                     mine->answer = ec;
                     mine->answered.notify();
                 }));
    while (!mine->answer)
        co_await mine->answered.wait();
    co_return *mine->answer;
}

}  // namespace coterie::session
