#include <coterie/testing.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>

#include <atomic>

namespace asio = boost::asio;

namespace coterie::testing::detail {
namespace {

struct sleep
{
    std::shared_ptr<clock> on;
    asio::any_completion_handler<void(error_code)> handler;
    asio::cancellation_slot slot;
    std::atomic<clock::timer_id> timer{0};
    std::atomic<bool> cancelled{false};

    void cancel()
    {
        cancelled = true;
        on->cancel(timer);
    }

    void complete()
    {
        if (slot.is_connected())
            slot.clear();
        error_code error;
        if (cancelled)
            error = asio::error::operation_aborted;
        std::move(handler)(error);
    }
};

}  // namespace

// The timer owns the sleep, the slot only knows it: a handler that is dropped takes its slot along.
void start_sleep(std::shared_ptr<clock> on, clock::duration how_long, asio::any_completion_handler<void(error_code)> handler)
{
    auto const executor = asio::get_associated_executor(handler);
    auto const when = on->now() + how_long;
    auto const self = std::make_shared<sleep>();
    self->on = std::move(on);
    self->slot = asio::get_associated_cancellation_slot(handler);
    self->handler = std::move(handler);

    if (self->slot.is_connected())
        self->slot.assign([known = std::weak_ptr{self}](asio::cancellation_type) {
            if (auto const sleeping = known.lock())
                sleeping->cancel();
        });
    self->timer = self->on->schedule(when, asio::bind_executor(executor, [self] { self->complete(); }));
}

}  // namespace coterie::testing::detail
