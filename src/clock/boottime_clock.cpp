#include "boottime_clock.hpp"

#if defined(__linux__)

#include "at_shutdown.hpp"
#include "timer_queue.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coterie {
namespace {

int make_timerfd()
{
    int const fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        throw boost::system::system_error{errno, boost::system::system_category(), "timerfd_create"};
    return fd;
}

void arm(int fd, clock::time_point when) noexcept
{
    // A timerfd set to 0 is disarmed, so a time in the far past becomes the first nanosecond.
    auto const since = std::max(when.time_since_epoch(), clock::duration{1});
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    ::itimerspec spec{};
    spec.it_value.tv_sec = static_cast<::time_t>(seconds.count());
    spec.it_value.tv_nsec = static_cast<long>((since - seconds).count());
    ::timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, nullptr);
}

}  // namespace

// Invariant: while a timer is queued, one wait on the descriptor is under way; its completion looks at the queue again.
// So adding, cancelling and completing may cross in any way. The wait keeps the state alive, not the clock.
struct boottime_clock::state final : keeper, std::enable_shared_from_this<state>
{
    explicit state(asio::any_io_executor ex) : executor{std::move(ex)}, descriptor{std::in_place, executor, make_timerfd()} {}

    timer_id add(time_point when, timer_queue::handler handler)
    {
        std::lock_guard const guard{mutex};
        if (!descriptor)
            return 0;
        auto const id = queue.add(when, std::move(handler));
        if (!armed || when < *armed)
            arm_at(when);
        wait();
        return id;
    }

    void cancel(timer_id id)
    {
        std::optional<timer_queue::entry> found;
        {
            std::lock_guard const guard{mutex};
            found = queue.take(id);
            // The descriptor may stay armed for the cancelled time: that wait wakes up once for nothing.
            if (found && queue.empty())
                descriptor->cancel();
        }
        if (found)
            asio::post(executor, std::move(found->invoke));
    }

    void let_go() noexcept override
    {
        std::vector<timer_queue::entry> dropped;  // destroyed outside of the lock: a destructor may come back to this clock
        std::lock_guard const guard{mutex};
        descriptor.reset();
        dropped = queue.take_all();
    }

    void wait()
    {
        if (std::exchange(waiting, true))
            return;
        descriptor->async_wait(asio::posix::stream_descriptor::wait_read,
                               [self = shared_from_this()](boost::system::error_code) { self->woken(); });
    }

    void woken()
    {
        std::vector<timer_queue::entry> due;
        {
            std::lock_guard const guard{mutex};
            if (!descriptor)
                return;
            std::uint64_t expirations = 0;
            if (::read(descriptor->native_handle(), &expirations, sizeof expirations) > 0)
                armed.reset();
            waiting = false;
            due = queue.take_due(read_clock());
            if (auto const next = queue.next())
            {
                if (!armed || *armed != *next)
                    arm_at(*next);
                wait();
            }
        }
        for (auto& timer : due)
            asio::post(executor, std::move(timer.invoke));
    }

    void arm_at(time_point when)
    {
        arm(descriptor->native_handle(), when);
        armed = when;
    }

    static time_point read_clock() noexcept
    {
        ::timespec now{};
        ::clock_gettime(CLOCK_BOOTTIME, &now);
        return time_point{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
    }

    asio::any_io_executor executor;
    std::mutex mutex;
    std::optional<asio::posix::stream_descriptor> descriptor;  // none: the context is gone
    timer_queue queue;
    std::optional<time_point> armed;  // what the timerfd is set to, until it has fired
    bool waiting = false;
};

boottime_clock::boottime_clock(asio::any_io_executor executor) : state_{std::make_shared<state>(executor)}
{
    at_shutdown(executor, state_);
}

boottime_clock::~boottime_clock() = default;

clock::time_point boottime_clock::now() const noexcept
{
    return state::read_clock();
}

std::chrono::system_clock::time_point boottime_clock::wall() const noexcept
{
    return std::chrono::system_clock::now();
}

clock::timer_id boottime_clock::schedule(time_point when, asio::any_completion_handler<void()> handler)
{
    return state_->add(when, std::move(handler));
}

void boottime_clock::cancel(timer_id id)
{
    state_->cancel(id);
}

}  // namespace coterie

#endif
