#include "reap_timer.hpp"

namespace coterie::session {

void reap_timer::start(std::shared_ptr<void> keep_alive)
{
    if (!std::exchange(started_, true))
        spawn(hub_.strand(), [this, keep_alive] { return run(); });
}

void reap_timer::stop()
{
    stopped_ = true;
    changed_.notify();
}

void reap_timer::on_beat(std::uint64_t beats, store::horizon const& seen, core::local_time received)
{
    others_ = counted_.on_beat(beats, seen.leases);
    watches_ = core::draws_watch(others_, hub_.chance()) || core::nobody_watches(seen.now, seen.next_deadline);
    on_seen(seen, received);
}

void reap_timer::on_seen(store::horizon const& seen, core::local_time received)
{
    due_.reset();
    if (watches_ && seen.next_deadline)
        due_ = received + core::reap_delay(seen.now, *seen.next_deadline, others_, hub_.chance());
    changed_.notify();
}

void reap_timer::look()
{
    if (!watches_)
        return;
    due_ = hub_.now();
    changed_.notify();
}

task<> reap_timer::run()
{
    while (!stopped_)
    {
        if (!due_)
            co_await changed_.wait();
        else if (hub_.now() < *due_)
            co_await changed_.wait(*due_);
        else
            co_await reap();
    }
}

// The first call asks who is due, the next ones end those, until nobody is.
task<> reap_timer::reap()
{
    due_.reset();
    store::reap operation;
    std::optional<core::server_time> expected;
    do
    {
        auto const reaped = co_await session_.call(operation, nullptr, persistence::bounded);
        if (reaped.ec)
            co_return;
        if (reaped.value.event)
        {
            if (expected)
                hub_.count().late(reaped.value.seen.now - *expected);
            sink_(*reaped.value.event);
        }
        expected = reaped.value.seen.next_deadline;
        operation.dead = reaped.value.due;
        if (operation.dead.empty() && !due_)
            on_seen(reaped.value.seen, hub_.now());
    } while (!operation.dead.empty() && !stopped_);
}

}  // namespace coterie::session
