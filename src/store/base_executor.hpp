// The executor that the user gave, in the form in which a strand asks and copies it at each handler.
#ifndef COTERIE_SRC_STORE_BASE_EXECUTOR_HPP
#define COTERIE_SRC_STORE_BASE_EXECUTOR_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>

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

    // (What was handed over is work of the context; what waits is parked there: see parking.hpp.)
    template <class Function>
    void execute(Function&& function) const
    {
        user_->execute(std::forward<Function>(function));
    }

    bool operator==(base_executor const& other) const noexcept { return *user_ == *other.user_; }

private:
    user_executor user_;
};

}  // namespace coterie::store

#endif
