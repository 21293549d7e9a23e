// Somebody outside who waits for an operation. He is answered exactly once: by the result, by an error, or because he cancelled;
// the operation itself goes on to its end and sees that he is gone. So a cancellation never tears what is under way.
#ifndef COTERIE_SRC_SESSION_CALLER_HPP
#define COTERIE_SRC_SESSION_CALLER_HPP

#include "../core/time.hpp"
#include "../store/store.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace coterie::session {

namespace asio = boost::asio;
using store::error_code;

class caller_base
{
public:
    virtual ~caller_base() = default;
    virtual void fail(error_code) = 0;  // an answer without a result
    virtual bool gone() const = 0;      // was answered

    // After an answer from elsewhere: whoever sleeps for him need not go on.
    void wake() const
    {
        if (on_cancelled)
            on_cancelled();
    }

    core::local_time deadline{};         // the operation should have failed by then
    std::function<void()> on_cancelled;  // for who would sleep on, see wake(); owns nothing
    bool cancelled = false;              // he wishes no more,
    bool occupied = false;               // but is not answered before something of his has ended
};

// Everybody who waits for something of one connector, so that closing it can answer them all.
class caller_list
{
public:
    // Those who were answered are looked for when there may be as many of them as of the others: a call costs the same, however many wait.
    void add(std::shared_ptr<caller_base> const& one)
    {
        if (known_.size() >= prune_at_)
        {
            std::erase_if(known_, [](auto const& each) { return each.expired(); });
            prune_at_ = 2 * known_.size() + 64;
        }
        known_.push_back(one);
    }

    void fail_all(error_code why, caller_base const* but = nullptr)
    {
        for (auto const& each : std::exchange(known_, {}))
            if (auto const one = each.lock(); one && one.get() != but)
                one->fail(why);
    }

private:
    std::vector<std::weak_ptr<caller_base>> known_;
    std::size_t prune_at_ = 64;
};

// Used on the strand only. Error: error_code or std::exception_ptr.
template <class Error, class... Values>
class basic_caller : public caller_base
{
public:
    using handler_type = asio::any_completion_handler<void(Error, Values...)>;

    // Handlers without an executor of their own run by `fallback`.
    static std::shared_ptr<basic_caller> make(store::executor strand, asio::any_io_executor fallback, handler_type handler)
    {
        auto self = std::make_shared<basic_caller>(fallback, std::move(handler));
        self->strand_ = strand;
        if (auto slot = asio::get_associated_cancellation_slot(*self->handler_); slot.is_connected())
            slot.assign([weak = std::weak_ptr{self}](asio::cancellation_type) {
                auto const here = weak.lock();
                if (!here)
                    return;  // it was over, or the context is no more
                asio::post(*here->strand_, [weak] {
                    if (auto const one = weak.lock())
                    {
                        one->cancelled = true;
                        if (!one->occupied)
                            one->fail(asio::error::operation_aborted);
                        one->wake();
                    }
                });
            });
        return self;
    }

    basic_caller(asio::any_io_executor const& fallback, handler_type handler)
        : handler_{std::move(handler)}
        , executor_{asio::prefer(asio::get_associated_executor(*handler_, fallback), asio::execution::outstanding_work.tracked,
                                 asio::execution::blocking.never)}
    {
    }

    bool gone() const override { return !handler_; }

    void fail(error_code why) override
    {
        if constexpr (std::is_same_v<Error, error_code>)
            answer(why, Values{}...);
        else
            answer(std::make_exception_ptr(boost::system::system_error{why}), Values{}...);
    }

    void succeed(Values... values) { answer({}, std::move(values)...); }

    void answer(Error why, Values... values)
    {
        if (!handler_)
            return;
        auto run = [handler = std::move(*handler_), why, result = std::tuple{std::move(values)...}]() mutable {
            if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
                slot.clear();
            std::apply([&](auto&... each) { std::move(handler)(why, std::move(each)...); }, result);
        };
        handler_.reset();
        std::exchange(executor_, {}).execute(std::move(run));
    }

private:
    std::optional<store::executor> strand_;  // here and not in the slot, which may outlive the context
    std::optional<handler_type> handler_;
    asio::any_completion_executor executor_;
};

template <class... Values>
using caller = basic_caller<error_code, Values...>;

}  // namespace coterie::session

#endif
