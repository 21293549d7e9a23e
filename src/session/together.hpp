// Requests of the same kind that come at the same moment go to the store as one: in one step there, and as one event for everybody.
#ifndef COTERIE_SRC_SESSION_TOGETHER_HPP
#define COTERIE_SRC_SESSION_TOGETHER_HPP

#include "session.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace coterie::session {

// Several who wait for the same answer. It is pressing while one of them waits. Keeps none of them: see signal.hpp.
class crowd final : public caller_base
{
public:
    void add(std::shared_ptr<caller_base> const& one)
    {
        deadline = ones_.empty() ? one->deadline : std::max(deadline, one->deadline);
        ones_.push_back(one);
    }

    void fail(error_code why) override
    {
        for (auto const& each : ones_)
            if (auto const one = each.lock())
                one->fail(why);
    }

    bool gone() const override
    {
        return std::ranges::all_of(ones_, [](auto const& each) {
            auto const one = each.lock();
            return !one || one->gone();
        });
    }

private:
    std::vector<std::weak_ptr<caller_base>> ones_;
};

template <class Operation>
class together
{
public:
    using result_type = outcome<typename Operation::reply>;

    // No request gets larger than that by others.
    static constexpr std::size_t most = 256;
    static constexpr std::size_t most_bytes = 1024 * 1024;

    together(hub& shared, session& owner) : hub_{shared}, session_{owner} {}

    // What session::call() gives, the same for all of them; never null. `put`: adds what is wanted to the operation; `bytes`: about how much
    // that is.
    template <class Put>
    task<std::shared_ptr<result_type const>> call(Put put, std::size_t bytes, std::shared_ptr<caller_base> asking)
    {
        bool const leads = !open_ || open_->bytes + bytes > most_bytes || open_->count == most;
        if (leads)
            open_ = std::make_shared<group>(group{signal{hub_.strand(), hub_.time()}});
        auto const mine = open_;
        put(mine->operation);
        mine->bytes += bytes;
        ++mine->count;
        mine->callers->add(asking);
        if (leads)
        {
            co_await asio::post(hub_.strand(), asio::use_awaitable_t<executor>{});  // behind those who are on their way here
            if (open_ == mine)
                open_.reset();
            mine->result = co_await session_.call(std::move(mine->operation), mine->callers, persistence::settled);
            mine->done = true;
            mine->ended.notify();
        }
        while (!mine->done)
            co_await mine->ended.wait();
        co_return std::shared_ptr<result_type const>{mine, &mine->result};
    }

private:
    struct group
    {
        signal ended;
        Operation operation{};
        std::shared_ptr<crowd> callers = std::make_shared<crowd>();
        std::size_t bytes = 0;
        std::size_t count = 0;
        result_type result{};
        bool done = false;
    };

    hub& hub_;
    session& session_;
    std::shared_ptr<group> open_;  // who comes now goes with it
};

}  // namespace coterie::session

#endif
