// Where the coroutines of a strand wait for each other: nothing is sent and no timer is set for that.
//
// A context that is destroyed destroys those who wait here, and as long as somebody waits it has work: one timer that never expires waits in it,
// and owns them. So nothing in a session, a store or a clock ever owns a coroutine.
#ifndef COTERIE_SRC_STORE_PARKING_HPP
#define COTERIE_SRC_STORE_PARKING_HPP

#include "base_executor.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/inline_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace coterie::store {

class parking : public std::enable_shared_from_this<parking>
{
public:
    // For one who waits. Stays where it is until he goes on, or his context has ended.
    class place : public boost::intrusive::list_base_hook<>
    {
    public:
        place() = default;
        place(place const&) = delete;
        place& operator=(place const&) = delete;

    private:
        friend parking;
        enum class way
        {
            on,
            nowhere
        };

        template <class Handler>
        void take(Handler handler)
        {
            static_assert(sizeof(Handler) <= sizeof(handler_) && alignof(Handler) <= alignof(void*));
            static_assert(std::is_nothrow_move_constructible_v<Handler>);
            ::new (static_cast<void*>(handler_.data())) Handler(std::move(handler));
            leave_ = [](place& here, way where) {
                auto* const kept = std::launder(reinterpret_cast<Handler*>(here.handler_.data()));
                Handler leaving{std::move(*kept)};
                kept->~Handler();
                here.leave_ = nullptr;  // (from here on the place may end at any time)
                if (where == way::on)
                    boost::asio::post(std::move(leaving));
            };
        }

        alignas(void*) std::array<std::byte, 4 * sizeof(void*)> handler_;
        void (*leave_)(place&, way) = nullptr;
    };

    explicit parking(base_executor user) : user_{std::move(user)} {}
    parking(parking const&) = delete;
    parking& operator=(parking const&) = delete;

    // void(): goes on after `resume`. The place must be free. On the strand only, both of them.
    template <class Token>
    auto async_wait(place& here, Token&& token)
    {
        return boost::asio::async_initiate<Token, void()>([this, &here](auto handler) { this->park(here, std::move(handler)); }, token);
    }

    // Nothing, if nobody waits there.
    void resume(place& here)
    {
        if (here.leave_ == nullptr)
            return;
        waiting_.erase(waiting_.iterator_to(here));
        if (waiting_.empty())
            kept_.reset();
        here.leave_(here, place::way::on);
    }

protected:
    ~parking() = default;

private:
    // What the timer waits with. If nobody calls it, the context is ending.
    class owner
    {
    public:
        explicit owner(std::shared_ptr<parking> owned) : owned_{std::move(owned)} {}
        owner(owner&&) noexcept = default;
        owner& operator=(owner&&) = delete;
        ~owner()
        {
            if (owned_)
                owned_->let_go();
        }

        void operator()(boost::system::error_code) { owned_.reset(); }

    private:
        std::shared_ptr<parking> owned_;
    };

    template <class Handler>
    void park(place& here, Handler handler)
    {
        if (!kept_)
            kept_.emplace(user_, std::chrono::steady_clock::time_point::max())
                .async_wait(boost::asio::bind_executor(boost::asio::inline_executor{}, owner{shared_from_this()}));
        here.take(std::move(handler));
        waiting_.push_back(here);
    }

    void let_go()
    {
        while (!waiting_.empty())
        {
            auto& one = waiting_.front();
            waiting_.pop_front();
            one.leave_(one, place::way::nowhere);
        }
        kept_.reset();
    }

    using timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, base_executor>;

    base_executor user_;
    boost::intrusive::list<place, boost::intrusive::constant_time_size<false>> waiting_;
    std::optional<timer> kept_;  // while somebody waits
};

}  // namespace coterie::store

#endif
