// What the operations on memoised results call, with erased handlers, generators and owned arguments.
#ifndef COTERIE_DETAIL_MEMO_CALLS_HPP
#define COTERIE_DETAIL_MEMO_CALLS_HPP

#include <coterie/memo_types.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace coterie::session {
class memo_table;
}

namespace coterie::detail {

using memo_ptr = std::shared_ptr<session::memo_table>;
using memo_value = std::optional<std::string>;
using memo_get_handler = asio::any_completion_handler<void(std::exception_ptr, memo_value)>;

// Starts a generator, never inside the call; called on the client's strand. `done` is called once, in any thread, when it has ended. Returns what cancels it.
using memo_done = std::function<void(std::exception_ptr, memo_result)>;
using memo_generator = std::function<std::function<void()>(memo_lease, memo_done)>;

enum class memo_form
{
    internal,  // the generator gives the result
    external,  // it only sees to it that somebody stores one
};

template <class Generate>
asio::awaitable<memo_result> run_generator(std::shared_ptr<Generate> generate, memo_lease lease)
{
    if constexpr (std::is_invocable_v<Generate&, memo_lease&>)
    {
        co_return co_await (*generate)(lease);
    }
    else if constexpr (std::is_void_v<typename std::invoke_result_t<Generate&>::value_type>)
    {
        co_await (*generate)();
        co_return memo_result{};
    }
    else
    {
        co_return co_await (*generate)();
    }
}

template <class Generate>
memo_generator erase_generator(asio::any_io_executor executor, Generate given)
{
    return [executor, generate = std::make_shared<Generate>(std::move(given))](memo_lease lease, memo_done done) -> std::function<void()> {
        auto const strand = asio::make_strand(executor);
        auto const cancel = std::make_shared<asio::cancellation_signal>();
        auto ended = [cancel, done = std::move(done)](std::exception_ptr error, memo_result result) { done(error, std::move(result)); };
        asio::post(strand, [strand, cancel, generate, lease = std::move(lease), ended = std::move(ended)] {
            asio::co_spawn(strand, run_generator(generate, lease), asio::bind_cancellation_slot(cancel->slot(), ended));
        });
        return [strand, cancel] { asio::post(strand, [cancel] { cancel->emit(asio::cancellation_type::terminal); }); };
    };
}

void memo_get(memo_ptr, std::string id, std::chrono::milliseconds wait, memo_get_options, memo_form, memo_generator, memo_get_handler);
void memo_store(memo_ptr, std::string id, memo_result, asio::any_completion_handler<void(error_code)>);
void memo_invalidate(memo_ptr, std::string id, asio::any_completion_handler<void(error_code, bool)>);
void close_memo(memo_ptr, asio::any_completion_handler<void(error_code)>);

}  // namespace coterie::detail

#endif
