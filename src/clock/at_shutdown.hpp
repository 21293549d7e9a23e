// Lets go of what waits for an execution context that is being destroyed.
//
// A handler kept outside of Asio's own queues (a timer, a request under way) usually owns a coroutine, which owns the keeper:
// a circle. When the context ends before the handler was invoked, somebody must break it, while the context still exists.
#ifndef COTERIE_SRC_CLOCK_AT_SHUTDOWN_HPP
#define COTERIE_SRC_CLOCK_AT_SHUTDOWN_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <memory>

namespace coterie {

class keeper
{
public:
    // Destroys the kept handlers without invoking them, and keeps no new ones.
    virtual void let_go() noexcept = 0;

protected:
    ~keeper() = default;
};

// The keeper is told when the context is destroyed, if it still exists then.
void at_shutdown(boost::asio::execution_context&, std::weak_ptr<keeper>);
void at_shutdown(boost::asio::any_io_executor const&, std::weak_ptr<keeper>);

}  // namespace coterie

#endif
