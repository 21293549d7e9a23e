// The executor of all that is not the user's: a strand of his.
#ifndef COTERIE_SRC_STORE_EXECUTOR_HPP
#define COTERIE_SRC_STORE_EXECUTOR_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <utility>

namespace coterie::store {

// The user's executor, for a strand. An any_io_executor answers questions about its properties from the heap, and is long to copy; a
// strand asks, and copies, at each handler. This one knows the answers, and is a pointer.
class base_executor
{
public:
    using user_executor = std::shared_ptr<boost::asio::any_io_executor const>;

    explicit base_executor(user_executor user) : user_{std::move(user)} {}  // which never blocks

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept { return user_->context(); }
    static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept
    {
        return boost::asio::execution::blocking.never;
    }
    base_executor const& require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }

    // (What was handed over is work of the context; what waits is parked there: see session/signal.hpp.)
    template <class Function>
    void execute(Function&& function) const
    {
        user_->execute(std::forward<Function>(function));
    }

    bool operator==(base_executor const& other) const noexcept { return *user_ == *other.user_; }

private:
    user_executor user_;
};

// A strand of it, as one pointer: each handler carries a copy or two, and a strand is two pointers that are counted.
class executor
{
public:
    explicit executor(base_executor user) : strand_{std::make_shared<strand const>(std::move(user))} {}

    boost::asio::execution_context& query(boost::asio::execution::context_t what) const noexcept { return strand_->query(what); }
    static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept
    {
        return boost::asio::execution::blocking.never;
    }
    executor const& require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }

    template <class Function>
    void execute(Function&& function) const
    {
        strand_->execute(std::forward<Function>(function));
    }

    bool operator==(executor const&) const noexcept = default;

private:
    using strand = boost::asio::strand<base_executor>;

    std::shared_ptr<strand const> strand_;
};

inline executor make_executor(boost::asio::any_io_executor user)
{
    namespace execution = boost::asio::execution;
    auto never_blocks = boost::asio::require(std::move(user), execution::blocking.never);
    return executor{base_executor{std::make_shared<boost::asio::any_io_executor const>(std::move(never_blocks))}};
}

}  // namespace coterie::store

#endif
