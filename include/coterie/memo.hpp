// Memoised results: a cache in the store whose misses are generated once, however many callers in however many processes want them.
#ifndef COTERIE_MEMO_HPP
#define COTERIE_MEMO_HPP

#include <coterie/client.hpp>
#include <coterie/detail/initiate.hpp>
#include <coterie/detail/memo_calls.hpp>
#include <coterie/memo_types.hpp>
#include <coterie/options.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coterie {

// Results of one tag, each under an id, kept in the store with a time to live. Who asks for one that is not there generates it, under a lease; everybody
// else who wants it meanwhile waits, and is told by push. What is given was the result at some time after the call began; of the local cache (memo_config::
// local_entries): it was `local_ttl` before, at most.
//
// Common to all operations, unless one says otherwise:
//   Object lifetimes: arguments are copied when the operation is called; the memo may be destroyed while it runs (errc::closed).
//   Executor: handlers run by their associated executor, by default the client's; never inside the initiating call.
//   Cancellation: all types. The caller gets operation_aborted at once; what was sent may still take effect.
//   Errors: errc::bad_name, errc::too_large, errc::bad_argument before anything is sent; errc::not_connected (nothing was sent) and
//   errc::outcome_unknown after client_config::timeout; errc::refused and errc::unsupported_server with the server's words; errc::closed.
//   Limits: ids 1 to 512 bytes without {, } and control characters; values 64 MiB.
//   Thread safety: every member may be called from any thread.
class memo
{
public:
    // Does no I/O. Throws std::invalid_argument that names the field.
    memo(client const&, memo_config config);
    explicit memo(client const&);  // with the defaults

    memo(memo&&) noexcept = default;
    memo& operator=(memo&&) noexcept;
    ~memo();  // as async_close, without waiting; does not block or throw

    asio::any_io_executor get_executor() const;

    // The result: what is kept, or what a generation gives: of this caller's generator, if nobody else is at it.
    // `wait`: how long to wait for the store and for others to generate, or `forever`; 0: one try, and no waiting for others. One's own generator has the time it needs.
    // `generate`: called as asio::awaitable<memo_result>(), on a strand of the client's executor, at most once at a time, and again only if what came
    // of it was lost. Let it not wait for the same result: that would wait for itself.
    // With g++ 12, a lambda that owns something (a string captured by value, say) is given a name before the co_await expression that hands it over: that
    // compiler destroys such temporaries twice.
    // Signature: void(std::exception_ptr, std::optional<std::string>): nothing if the result is negative.
    // Errors, as exceptions: that of the generator itself, to everybody in this process who waits for it; to those in others a
    // boost::system::system_error of errc::generator_failed, whose what() has its words; errc::timed_out; errc::too_large and errc::bad_argument of
    // what the generator gave. The next caller generates anew. The common ones come as boost::system::system_error.
    // Cancellation: all types. A generator is cancelled (terminally), its end is awaited, and another caller takes over at once.
    template <class Generate, class Token = asio::deferred_t>
    auto async_get(std::string_view id, std::chrono::milliseconds wait, Generate generate, memo_get_options options, Token&& token = {})
    {
        return get(id, wait, detail::memo_form::internal, std::move(generate), options, std::forward<Token>(token));
    }
    template <class Generate, class Token = asio::deferred_t>
    requires(!std::convertible_to<Token, memo_get_options>) auto async_get(std::string_view id, std::chrono::milliseconds wait,
                                                                           Generate generate, Token&& token = {})
    {
        return async_get(id, wait, std::move(generate), memo_get_options{}, std::forward<Token>(token));
    }

    // The same with a generator that can renew its lease: called as asio::awaitable<memo_result>(memo_lease&).
    template <class Generate, class Token = asio::deferred_t>
    auto async_get_renewable(std::string_view id, std::chrono::milliseconds wait, Generate generate, memo_get_options options,
                             Token&& token = {})
    {
        return get(id, wait, detail::memo_form::internal, std::move(generate), options, std::forward<Token>(token));
    }
    template <class Generate, class Token = asio::deferred_t>
    requires(!std::convertible_to<Token, memo_get_options>) auto async_get_renewable(std::string_view id, std::chrono::milliseconds wait,
                                                                                     Generate generate, Token&& token = {})
    {
        return async_get_renewable(id, wait, std::move(generate), memo_get_options{}, std::forward<Token>(token));
    }

    // The same with a result that somebody else will store, in whatever process: `start`, called as asio::awaitable<void>(), sees to it that this begins.
    // If nothing is stored within memo_config::lock_timeout, one of those who wait starts it again. Never fails open.
    template <class Start, class Token = asio::deferred_t>
    auto async_get_external(std::string_view id, std::chrono::milliseconds wait, Start start, memo_get_options options, Token&& token = {})
    {
        return get(id, wait, detail::memo_form::external, std::move(start), options, std::forward<Token>(token));
    }
    template <class Start, class Token = asio::deferred_t>
    requires(!std::convertible_to<Token, memo_get_options>) auto async_get_external(std::string_view id, std::chrono::milliseconds wait,
                                                                                    Start start, Token&& token = {})
    {
        return async_get_external(id, wait, std::move(start), memo_get_options{}, std::forward<Token>(token));
    }

    // Puts a result there (nothing: a negative one), whoever generates: what he makes is not kept. Everybody who waits gets it. `ttl`: 1 ms to 36,500 days.
    // Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_store(std::string_view id, std::optional<std::string_view> value, std::chrono::milliseconds ttl, Token&& token = {})
    {
        return detail::initiate<void(error_code)>(get_executor(), std::forward<Token>(token),
                                                  [table = table_, id = std::string{id}, result = owned(value, ttl)](auto handler) {
                                                      detail::memo_store(table, id, result, std::move(handler));
                                                  });
    }

    // The result is no longer right: it goes from the store and from every local cache, and what is being generated is not kept. Who asks for it from the
    // completion on, in this process or, told of it, in another one, gets what is generated after this.
    // Signature: void(error_code, bool): whether there was one (a try whose reply was lost may have taken it).
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_invalidate(std::string_view id, Token&& token = {})
    {
        return detail::initiate<void(error_code, bool)>(
            get_executor(), std::forward<Token>(token),
            [table = table_, id = std::string{id}](auto handler) { detail::memo_invalidate(table, id, std::move(handler)); });
    }

    // Ends every other operation (errc::closed), and cancels generators; their callers are answered when they have ended. Others take over at once.
    // Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_close(Token&& token = {})
    {
        return detail::initiate<void(error_code)>(get_executor(), std::forward<Token>(token),
                                                  [table = table_](auto handler) { detail::close_memo(table, std::move(handler)); });
    }

private:
    template <class Generate, class Token>
    auto get(std::string_view id, std::chrono::milliseconds wait, detail::memo_form form, Generate generate, memo_get_options options,
             Token&& token)
    {
        auto erased = detail::erase_generator(get_executor(), std::move(generate));
        return detail::initiate<void(std::exception_ptr, detail::memo_value)>(
            get_executor(), std::forward<Token>(token),
            [table = table_, id = std::string{id}, wait, options, form, erased = std::move(erased)](auto handler) {
                detail::memo_get(table, id, wait, options, form, erased, std::move(handler));
            });
    }

    static memo_result owned(std::optional<std::string_view> value, std::chrono::milliseconds ttl)
    {
        return {value ? std::optional<std::string>{*value} : std::nullopt, ttl};
    }

    std::shared_ptr<session::memo_table> table_;
};

}  // namespace coterie

#endif
