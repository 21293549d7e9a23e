#include "portable_clock.hpp"

#include "at_shutdown.hpp"
#include "timer_queue.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coterie {

// Invariant: while a timer is queued, one wait is under way; its completion looks at the queue again.
struct portable_clock::state final : keeper, std::enable_shared_from_this<state>
{
    explicit state(asio::any_io_executor ex) : executor{std::move(ex)}, timer{std::in_place, executor} {}

    timer_id add(time_point when, timer_queue::handler handler)
    {
        std::lock_guard const guard{mutex};
        if (!timer)
            return 0;
        auto const id = queue.add(when, std::move(handler));
        if (queue.next() == when)
            timer->cancel();
        wait();
        return id;
    }

    void cancel(timer_id id)
    {
        std::optional<timer_queue::entry> found;
        {
            std::lock_guard const guard{mutex};
            found = queue.take(id);
            if (found && queue.empty())
                timer->cancel();
        }
        if (found)
            asio::post(executor, std::move(found->invoke));
    }

    void let_go() noexcept override
    {
        std::vector<timer_queue::entry> dropped;  // destroyed outside of the lock: a destructor may come back to this clock
        std::lock_guard const guard{mutex};
        timer.reset();
        dropped = queue.take_all();
    }

    void wait()
    {
        auto const next = queue.next();
        if (waiting || !next)
            return;
        waiting = true;
        timer->expires_at(std::chrono::steady_clock::time_point{
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(next->time_since_epoch())});
        timer->async_wait([self = shared_from_this()](boost::system::error_code) { self->woken(); });
    }

    void woken()
    {
        std::vector<timer_queue::entry> due;
        {
            std::lock_guard const guard{mutex};
            if (!timer)
                return;
            waiting = false;
            due = queue.take_due(read_clock());
            wait();
        }
        for (auto& one : due)
            asio::post(executor, std::move(one.invoke));
    }

    static time_point read_clock() noexcept { return time_point{std::chrono::steady_clock::now().time_since_epoch()}; }

    asio::any_io_executor executor;
    std::mutex mutex;
    std::optional<asio::steady_timer> timer;  // none: the context is gone
    timer_queue queue;
    bool waiting = false;
};

portable_clock::portable_clock(asio::any_io_executor executor) : state_{std::make_shared<state>(executor)}
{
    at_shutdown(executor, state_);
}

clock::time_point portable_clock::now() const noexcept
{
    return state::read_clock();
}

std::chrono::system_clock::time_point portable_clock::wall() const noexcept
{
    return std::chrono::system_clock::now();
}

clock::timer_id portable_clock::schedule(time_point when, asio::any_completion_handler<void()> handler)
{
    return state_->add(when, std::move(handler));
}

void portable_clock::cancel(timer_id id)
{
    state_->cancel(id);
}

}  // namespace coterie
