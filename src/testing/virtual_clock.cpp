#include <coterie/testing.hpp>

#include "../clock/at_shutdown.hpp"
#include "../clock/timer_queue.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <optional>

namespace asio = boost::asio;

namespace coterie::testing {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point first_wall = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr clock::time_point first_now{1000s};

}  // namespace

struct virtual_clock::state final : keeper, std::enable_shared_from_this<state>
{
    void go_to(time_point when)
    {
        std::vector<timer_queue::entry> due;
        {
            std::lock_guard const guard{mutex};
            now = std::max(now, when);
            due = std::exchange(cancelled, {});
            for (auto& timer : queue.take_due(now))
                due.push_back(std::move(timer));
        }
        for (auto& timer : due)
            deliver(std::move(timer));
    }

    void deliver(timer_queue::entry timer)
    {
        std::unique_lock guard{mutex};
        auto const to = home;
        guard.unlock();
        if (to)
            asio::post(*to, std::move(timer.invoke));
        else
            asio::dispatch(std::move(timer.invoke));
    }

    // Also restarts a context that had run out of work: it may get some from a timer.
    void enter(asio::io_context& context)
    {
        {
            std::lock_guard const guard{mutex};
            if (home != context.get_executor())
            {
                home = context.get_executor();
                at_shutdown(context, weak_from_this());
            }
        }
        go_to(time_point::min());
    }

    void let_go() noexcept override
    {
        std::vector<timer_queue::entry> dropped;  // destroyed outside of the lock: a destructor may come back to this clock
        std::vector<timer_queue::entry> also;
        std::lock_guard const guard{mutex};
        home.reset();
        dropped = queue.take_all();
        also.swap(cancelled);
    }

    mutable std::mutex mutex;
    time_point now = first_now;
    duration wall_step{};
    timer_queue queue;
    std::vector<timer_queue::entry> cancelled;  // to be invoked when there is somewhere to invoke them
    std::optional<asio::io_context::executor_type> home;
};

virtual_clock::virtual_clock() : state_{std::make_shared<state>()} {}

virtual_clock::~virtual_clock() = default;

clock::time_point virtual_clock::now() const noexcept
{
    std::lock_guard const guard{state_->mutex};
    return state_->now;
}

std::chrono::system_clock::time_point virtual_clock::wall() const noexcept
{
    std::lock_guard const guard{state_->mutex};
    return first_wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(state_->now - first_now + state_->wall_step);
}

clock::timer_id virtual_clock::schedule(time_point when, asio::any_completion_handler<void()> handler)
{
    std::lock_guard const guard{state_->mutex};
    return state_->queue.add(when, std::move(handler));
}

void virtual_clock::cancel(timer_id id)
{
    std::unique_lock guard{state_->mutex};
    auto found = state_->queue.take(id);
    if (!found)
        return;
    if (state_->home)
    {
        guard.unlock();
        state_->deliver(std::move(*found));
    }
    else
    {
        state_->cancelled.push_back(std::move(*found));
    }
}

void virtual_clock::advance(duration by)
{
    state_->go_to(now() + std::max(by, duration::zero()));
}

bool virtual_clock::advance_to_next()
{
    std::unique_lock guard{state_->mutex};
    auto const next = state_->cancelled.empty() ? state_->queue.next() : std::optional{state_->now};
    guard.unlock();
    if (next)
        state_->go_to(*next);
    return next.has_value();
}

void virtual_clock::run(asio::io_context& context)
{
    run_until(
        context, [] { return false; }, duration::max());
}

void virtual_clock::run_for(asio::io_context& context, duration how_long)
{
    auto const end = now() + how_long;
    run_until(
        context, [] { return false; }, how_long);
    advance(end - now());
}

bool virtual_clock::run_until(asio::io_context& context, std::function<bool()> condition, duration limit)
{
    auto const begin = now();
    auto const end = limit < time_point::max() - begin ? begin + limit : time_point::max();
    state_->enter(context);
    if (condition())
        return true;
    while (true)
    {
        context.restart();
        while (context.poll_one() != 0)
            if (condition())
                return true;
        std::unique_lock guard{state_->mutex};
        auto const next = state_->queue.next();
        guard.unlock();
        if (!next || *next > end)
            return false;
        state_->go_to(*next);
    }
}

void virtual_clock::step_wall(duration by)
{
    std::lock_guard const guard{state_->mutex};
    state_->wall_step += by;
}

std::size_t virtual_clock::timers() const
{
    std::lock_guard const guard{state_->mutex};
    return state_->queue.size();
}

}  // namespace coterie::testing
