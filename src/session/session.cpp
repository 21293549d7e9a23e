#include "session.hpp"

#include <algorithm>

namespace coterie::session {
namespace {

// Container keys in the store live a minute longer than the group; half of that is a good time to extend them.
constexpr std::chrono::seconds touch_interval{30};

constexpr std::size_t remembered = 64;

}  // namespace

session::session(hub& shared, std::string group, tempo how, bool confirms, attachments& attached)
    : hub_{shared}
    , group_{std::move(group)}
    , tempo_{how}
    , confirms_{confirms}
    , attached_{attached}
    , changed_{shared.strand(), shared.time()}
{
}

void session::start(std::shared_ptr<void> keep_alive)
{
    if (std::exchange(started_, true) || stopped_)
        return;
    hub_.storage();
    spawn(hub_.strand(), [this, keep_alive] { return run(); });
    spawn(hub_.strand(), [this, keep_alive] { return guard(); });
}

void session::on_link()
{
    ready_ = false;
    changed_.notify();
}

void session::stop_calls()
{
    calls_stopped_ = true;
    changed_.notify();
    hub_.link_changed().notify();
}

task<error_code> session::close(core::local_time until)
{
    error_code ec;
    while (open_ || maybe_open_ || establishing_)
    {
        if (hub_.now() >= until)
        {
            ec = ec ? ec : why_not_ready();
            break;
        }
        if (!ready_)
        {
            co_await changed_.wait(until);
            continue;
        }
        auto const who = who_;
        store::close const operation{who};
        auto const result = co_await submit(hub_, group_, operation);
        ec = result.ec;
        if (!ec && result.value.done)
            open_ = false;
        else if (ec == errc::lost)
            lose_session();
        else if (is_worth_retrying(ec))
            doubt(who);
        else if (ec)
            break;
    }
    stopped_ = true;
    if (lease_)
        lease_->end();
    changed_.notify();
    bool const closed = !open_ && !maybe_open_;
    if (closed && started_)
        co_await leave_clean(until);
    co_return closed ? error_code{} : ec;
}

// The last one to go ends those who died before him: nobody else will, and the group's keys would stay until they expire.
task<> session::leave_clean(core::local_time until)
{
    store::reap operation;
    do
    {
        auto const reaped = co_await submit(hub_, group_, operation);
        if (reaped.ec)
            co_return;
        operation.dead = reaped.value.due;
    } while (!operation.dead.empty() && hub_.now() < until);
}

bool session::is_worth_retrying(error_code ec)
{
    return ec == errc::outcome_unknown || ec == errc::not_connected || ec == errc::lost || ec == errc::stale;
}

task<> session::pause()
{
    co_await changed_.wait(hub_.now() + core::backoff::base);
}

error_code session::why_not_ready() const
{
    return hub_.up() && refusal_ ? refusal_ : hub_.why_down();
}

// What was answered to `tried` says that the session needs a look.
void session::doubt(store::caller const& tried)
{
    if (tried.session != who_.session || tried.generation != who_.generation)
        return;  // it had that look since
    ready_ = false;
    changed_.notify();
}

void session::lose_session()
{
    hub_.log(log_level::warning, "group {}: the session was lost", group_);
    ++hub_.count().lost_sessions;
    open_ = maybe_open_ = false;
    past_.push_back(std::exchange(who_.session, {}));
    if (past_.size() > remembered)
        past_.pop_front();
    // If the store has lost its data, and not just this session, what is held can be confirmed as long as the lease lasts.
    if (!confirms_)
        lose_lease();
}

void session::lose_lease()
{
    if (!lease_)
        return;
    lease_->end();
    attached_.on_lease_lost(*lease_);
}

task<> session::run()
{
    while (!stopped_)
    {
        if (!hub_.up() || (!open_ && !maybe_open_ && calls_stopped_))
        {
            co_await changed_.wait();
            continue;
        }
        establishing_ = true;
        bool const established = co_await establish();
        establishing_ = false;
        changed_.notify();
        if (established)
        {
            backoff_.reset();
            co_await beat_on();
        }
        else if (!stopped_ && hub_.up())
            co_await changed_.wait(hub_.now() + backoff_.next(hub_.chance()));
    }
}

task<bool> session::establish()
{
    bool const resume = open_;
    if (who_.session.empty())
        who_.session = hub_.random_id();
    who_.generation = hub_.generation();
    auto const who = who_;

    store::open operation{who, tempo_.ttl, resume, attached_.fence_floor()};
    if (confirms_)
        operation.known_epoch = epoch_.empty() ? hub_.epoch_of(group_) : epoch_;
    ++openings_;
    auto const opened = co_await submit(hub_, group_, operation);
    if (opened.ec == errc::lost)
    {
        lose_session();
        co_return resume && !calls_stopped_ && co_await establish();  // another one, at once
    }
    maybe_open_ = maybe_open_ || opened.ec == errc::outcome_unknown;
    refusal_ = is_worth_retrying(opened.ec) ? error_code{} : opened.ec;
    if (opened.ec)
    {
        hub_.log(log_level::warning, "group {}: no session: {}", group_, opened.ec.message());
        co_return false;
    }

    open_ = true;
    maybe_open_ = false;
    last_beat_ = last_touch_ = opened.sent;
    if (!resume)
        ++hub_.count().sessions;
    bool const new_epoch = epoch_ != opened.value.epoch && !std::exchange(epoch_, opened.value.epoch).empty();
    hub_.epoch_of(group_) = epoch_;
    if (!resume && !(confirms_ && new_epoch))
        lose_lease();
    if (new_epoch)
        attached_.on_epoch();
    compare_clocks(opened.value.seen.now, opened.sent);
    attached_.on_beat(opened.value.beats, opened.value.seen, hub_.now());

    // What hangs on the lease may have been taken by force, or be held under an earlier session: no longer, before that is known.
    auto failed = co_await attached_.verify(who, resume);
    if (!failed && !renew_lease(opened.sent))
        failed = co_await attached_.verify(who, true);  // too late: this is another lease, and what the last one held is given back
    if (!failed)
        failed = co_await attached_.restore(who);
    refusal_ = is_worth_retrying(failed) ? error_code{} : failed;
    if (failed || hub_.generation() != who.generation || !hub_.up())
        co_return false;
    ready_ = true;
    changed_.notify();
    co_return true;
}

// False: it was over, and this is another one.
bool session::renew_lease(core::local_time sent)
{
    if (lease_ && lease_->renew(sent, hub_.now()))
        return true;
    bool const first = !lease_;
    if (!first)
        attached_.on_lease_lost(*lease_);
    lease_ = std::make_shared<core::lease>(sent, tempo_.ttl, tempo_.heartbeat);
    return first;
}

task<> session::beat_on()
{
    while (ready_ && !stopped_)
    {
        auto const due = last_beat_ + std::chrono::nanoseconds{tempo_.heartbeat} - tempo_.heartbeat * hub_.chance() / 20;
        if (co_await changed_.wait(std::chrono::time_point_cast<core::duration>(due)) && hub_.now() < due)
            continue;
        if (!ready_ || stopped_)
            co_return;

        bool const touch = hub_.now() - last_touch_ >= touch_interval;
        auto const who = who_;
        store::beat const operation{who, tempo_.ttl, touch};
        auto const beaten = co_await submit(hub_, group_, operation);
        if (beaten.ec)
        {
            ++hub_.count().failed_beats;
            hub_.log(log_level::warning, "group {}: beat failed: {}", group_, beaten.ec.message());
            if (is_worth_retrying(beaten.ec))
                co_return doubt(who);
            last_beat_ += tempo_.heartbeat / 4;  // refused: sooner than the next regular one
            continue;
        }

        ++hub_.count().beats;
        if (hub_.now() >= lease_->overdue())
            ++hub_.count().late_beats;
        last_beat_ = beaten.sent;
        if (touch)
            last_touch_ = beaten.sent;
        if (!lease_->renew(beaten.sent, hub_.now()))
            co_return doubt(who);  // establish() makes another lease, and gives back what hung on this one
        compare_clocks(beaten.value.seen.now, beaten.sent);
        attached_.on_beat(beaten.value.beats, beaten.value.seen, hub_.now());
        attached_.on_last_event(beaten.value.last);
        co_await attached_.on_beaten(who);
    }
}

// A step of the server's clock moves every deadline by as much. It cannot be undone, but it can be told.
void session::compare_clocks(core::server_time there, core::local_time sent)
{
    constexpr std::chrono::milliseconds tolerated{500};

    auto const ahead = core::duration{there.time_since_epoch()} - sent.time_since_epoch();
    auto const way = hub_.now() - sent;
    if (std::exchange(compared_on_, hub_.generation()) != hub_.generation())
        server_ahead_.reset();  // it may be another server
    if (server_ahead_ && std::chrono::abs(ahead - *server_ahead_) > tolerated + way)
    {
        ++hub_.count().clock_steps;
        hub_.log(log_level::error, "group {}: the server's clock was moved by {} ms: leases are longer or shorter by as much", group_,
                 std::chrono::duration_cast<std::chrono::milliseconds>(ahead - *server_ahead_).count());
    }
    server_ahead_ = ahead;
}

// Tells when the lease is over by the local clock, whatever the store or the connection do.
task<> session::guard()
{
    std::shared_ptr<core::lease> told;
    while (!stopped_)
    {
        auto const current = lease_;
        if (!current || current == told)
            co_await changed_.wait();
        else if (current->state(hub_.now()) == core::lease_state::lost)
        {
            told = current;
            hub_.log(log_level::warning, "group {}: the lease is over, locks are lost", group_);
            attached_.on_lease_lost(*current);
        }
        else
            co_await changed_.wait(current->deadline());
    }
}

}  // namespace coterie::session
