// The border: every asynchronous operation passes here once. The completion token becomes an erased handler, the initiation
// carries its executor (so that cancel_after and friends just work), and arguments are owned copies from this moment on.
#ifndef COTERIE_DETAIL_INITIATE_HPP
#define COTERIE_DETAIL_INITIATE_HPP

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace coterie {
namespace asio = boost::asio;
using boost::system::error_code;
}  // namespace coterie

namespace coterie::detail {

template <class Signature, class Start>
struct initiation
{
    using executor_type = asio::any_io_executor;

    executor_type executor;
    Start start;  // called with the erased handler; may be copied

    executor_type get_executor() const noexcept { return executor; }

    template <class Handler>
    void operator()(Handler&& handler) const
    {
        start(asio::any_completion_handler<Signature>{std::forward<Handler>(handler)});
    }
};

template <class Signature, class Token, class Start>
auto initiate(asio::any_io_executor executor, Token&& token, Start start)
{
    return asio::async_initiate<Token, Signature>(initiation<Signature, Start>{std::move(executor), std::move(start)}, token);
}

template <class Token, class Signature>
concept token_for = asio::completion_token_for<Token, Signature>;

}  // namespace coterie::detail

#endif
