// The executor of all that is not the user's: a strand of his, and where its coroutines wait.
#ifndef COTERIE_SRC_STORE_EXECUTOR_HPP
#define COTERIE_SRC_STORE_EXECUTOR_HPP

#include "base_executor.hpp"
#include "parking.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <utility>

namespace coterie::store {

// One pointer: each handler carries a copy or two, and a strand is two pointers that are counted. Never runs anything from inside execute().
class executor
{
public:
    explicit executor(base_executor user) : line_{std::make_shared<line>(std::move(user))} {}

    boost::asio::execution_context& query(boost::asio::execution::context_t what) const noexcept { return line_->strand.query(what); }
    static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept
    {
        return boost::asio::execution::blocking.never;
    }
    executor const& require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }

    template <class Function>
    void execute(Function&& function) const
    {
        line_->strand.execute(std::forward<Function>(function));
    }

    parking& waiting() const noexcept { return *line_; }

    bool operator==(executor const&) const noexcept = default;

private:
    struct line : parking
    {
        explicit line(base_executor user) : parking{user}, strand{std::move(user)} {}

        boost::asio::strand<base_executor> strand;
    };

    std::shared_ptr<line> line_;
};

inline executor make_executor(boost::asio::any_io_executor user)
{
    namespace execution = boost::asio::execution;
    auto never_blocks = boost::asio::require(std::move(user), execution::blocking.never);
    return executor{base_executor{std::make_shared<boost::asio::any_io_executor const>(std::move(never_blocks))}};
}

}  // namespace coterie::store

#endif
