// Memoised results of a type of one's own, kept as JSON.
#ifndef COTERIE_MEMO_AS_HPP
#define COTERIE_MEMO_AS_HPP

#include <coterie/memo.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace coterie {

// A memo whose values are a T, converted by Boost.JSON: boost::json::value_from and value_to, for types of one's own by tag_invoke or Boost.Describe. T needs
// no more than that, and to be movable. Otherwise as memo. coterie has the compiled part of Boost.JSON.
//
// Bytes that are no T, of an older version of the program perhaps, count as no result: the caller's generator is asked for a new one.
template <class T>
class memo_as
{
public:
    // What a generator gives.
    struct result
    {
        std::optional<T> value{};  // nothing: a negative result
        std::chrono::milliseconds ttl{};
    };

    memo_as(client const& shared, memo_config config) : bytes_{std::make_shared<memo>(shared, std::move(config))} {}
    explicit memo_as(client const& shared) : bytes_{std::make_shared<memo>(shared)} {}

    memo_as(memo_as&&) noexcept = default;
    memo_as& operator=(memo_as&& other) noexcept
    {
        close();
        bytes_ = std::move(other.bytes_);
        return *this;
    }
    ~memo_as() { close(); }

    asio::any_io_executor get_executor() const { return bytes_->get_executor(); }

    // `generate`: called as asio::awaitable<memo_as<T>::result>(). Signature: void(std::exception_ptr, std::optional<T>). Errors: those of memo::async_get,
    // and what the conversions throw. Cancellation: as there.
    template <class Generate, class Token = asio::deferred_t>
    auto async_get(std::string_view id, std::chrono::milliseconds wait, Generate generate, memo_get_options options, Token&& token = {})
    {
        auto const call = std::make_shared<wish<Generate>>(wish<Generate>{bytes_, std::string{id}, wait, std::move(generate)});
        return detail::initiate<void(std::exception_ptr, std::optional<T>)>(
            get_executor(), std::forward<Token>(token), [call, options](auto handler) { get(call, options, std::move(handler)); });
    }
    template <class Generate, class Token = asio::deferred_t>
    requires(!std::convertible_to<Token, memo_get_options>) auto async_get(std::string_view id, std::chrono::milliseconds wait,
                                                                           Generate generate, Token&& token = {})
    {
        return async_get(id, wait, std::move(generate), memo_get_options{}, std::forward<Token>(token));
    }

    // As memo::async_store. Signature: void(error_code). Throws what boost::json::value_from throws.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_store(std::string_view id, T const& value, std::chrono::milliseconds ttl, Token&& token = {})
    {
        return bytes_->async_store(id, encode(value), ttl, std::forward<Token>(token));
    }

    // As memo::async_invalidate. Signature: void(error_code, bool).
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_invalidate(std::string_view id, Token&& token = {})
    {
        return bytes_->async_invalidate(id, std::forward<Token>(token));
    }

    // As memo::async_close. Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_close(Token&& token = {})
    {
        return bytes_->async_close(std::forward<Token>(token));
    }

private:
    // A get, which may be asked twice.
    template <class Generate>
    struct wish
    {
        std::shared_ptr<memo> from;
        std::string id;
        std::chrono::milliseconds wait;
        Generate generate;
    };

    static std::string encode(T const& value) { return boost::json::serialize(boost::json::value_from(value)); }

    template <class Generate>
    static asio::awaitable<memo_result> generate(std::shared_ptr<wish<Generate>> call)
    {
        result made = co_await call->generate();
        memo_result encoded;
        if (made.value)
            encoded.value = encode(*made.value);
        encoded.ttl = made.ttl;
        co_return encoded;
    }

    template <class Generate, class Handler>
    static void get(std::shared_ptr<wish<Generate>> const& call, memo_get_options options, Handler handler)
    {
        auto const executor = asio::get_associated_executor(handler, call->from->get_executor());
        auto const slot = asio::get_associated_cancellation_slot(handler);
        auto decode = [call, options, handler = std::move(handler)](std::exception_ptr error, detail::memo_value bytes) mutable {
            std::optional<T> value;
            try
            {
                if (bytes)
                    value = boost::json::value_to<T>(boost::json::parse(*bytes));
            }
            catch (std::exception const&)
            {
                if (!options.refresh)
                    return get(call, {.refresh = true}, std::move(handler));
                error = std::current_exception();
            }
            std::move(handler)(error, std::move(value));
        };
        call->from->async_get(
            call->id, call->wait, [call] { return generate(call); }, options,
            asio::bind_cancellation_slot(slot, asio::bind_executor(executor, std::move(decode))));
    }

    void close()
    {
        if (bytes_)
            bytes_->async_close(asio::detached);
    }

    std::shared_ptr<memo> bytes_;
};

}  // namespace coterie

#endif
