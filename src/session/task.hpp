// Coroutines of this room: they run on the client's strand and are never cancelled from outside; they end because what they
// wait for ends. (A caller's cancellation stops at the border: see caller.hpp.)
#ifndef COTERIE_SRC_SESSION_TASK_HPP
#define COTERIE_SRC_SESSION_TASK_HPP

#include "../store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/inline_executor.hpp>

#include <exception>
#include <utility>

namespace coterie {
namespace asio = boost::asio;
}

namespace coterie::session {

using store::error_code;
using store::executor;

template <class T = void>
using task = asio::awaitable<T, executor>;

// Runs on its own, and never from inside this call: whoever initiates an operation from a handler would else meet its completion there, and
// a loop of such operations would never leave the stack. An exception here is a defect or lack of memory: it leaves through the
// context's run(), not silently.
template <class Function>
void spawn(executor const& strand, Function function)
{
    asio::co_spawn(strand, std::move(function), asio::bind_executor(asio::inline_executor{}, [](std::exception_ptr error) {
                       if (error)
                           std::rethrow_exception(error);
                   }));
}

}  // namespace coterie::session

#endif
