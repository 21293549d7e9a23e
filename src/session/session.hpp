// The lease of one connector: opens it, beats, resumes it on each new connection, opens another when it was lost. Whatever hangs
// on it is told through `attachments`.
#ifndef COTERIE_SRC_SESSION_SESSION_HPP
#define COTERIE_SRC_SESSION_SESSION_HPP

#include "../core/backoff.hpp"
#include "../core/lease.hpp"
#include "caller.hpp"
#include "submit.hpp"

#include <algorithm>
#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace coterie::session {

class attachments
{
public:
    // A session stands: a new one, or the old one on a new connection. Until these have put things right, nothing else is sent: first
    // what hangs on the lease, which is not renewed before, then the rest. An error: it could not; it is tried again.
    virtual task<error_code> verify(store::caller who, bool resumed) = 0;
    virtual task<error_code> restore(store::caller who) = 0;

    // Nothing that was held under this lease may be believed any more.
    virtual void on_lease_lost(core::lease const&) = 0;

    virtual void on_beat(std::uint64_t beats, store::horizon const&, core::local_time received) = 0;
    virtual void on_last_event(core::revision) = 0;
    virtual task<> on_beaten(store::caller who) = 0;
    virtual void on_epoch() = 0;  // the store has lost its data
    virtual std::uint64_t fence_floor() const = 0;

protected:
    ~attachments() = default;
};

// Whether an operation that might have been sent is followed up after its caller was given up.
enum class persistence
{
    bounded,  // no: it may or may not have taken effect
    settled,  // yes: what is known here must agree with the store in the end
};

template <class Operation>
concept of_session = requires(Operation operation)
{
    operation.who;
};

class session
{
public:
    struct tempo
    {
        std::chrono::milliseconds ttl;
        std::chrono::milliseconds heartbeat;
    };

    // `confirms`: what is held under a lease that is not over is kept when the store loses its data, if the store agrees (quarantine).
    session(hub&, std::string group, tempo, bool confirms, attachments&);

    // From now on a session is wanted. `keep_alive` gives every coroutine started here a share of what owns it.
    void start(std::shared_ptr<void> keep_alive);
    void on_link();
    void stop_calls();                               // every call() ends with errc::closed
    task<error_code> close(core::local_time until);  // ends the session in the store, stops everything

    bool started() const { return started_; }
    std::string const& group() const { return group_; }

    // How often a session was opened or resumed, or was about to be: what was granted before the last time was not looked at then.
    std::uint64_t openings() const { return openings_; }
    store::caller const& who() const { return who_; }
    std::shared_ptr<core::lease> const& lease() const { return lease_; }
    std::deque<store::session_id> const& past() const { return past_; }  // the last ones that were lost
    std::chrono::milliseconds heartbeat() const { return tempo_.heartbeat; }
    core::local_time half_time() const { return last_beat_ + tempo_.heartbeat / 2; }  // to the next beat: what can wait should wait then
    task<> pause();                                                                   // between tries of something that the server refuses

    // The session or its connection may be over: it needs a look. Else the server answered.
    static bool is_worth_retrying(error_code);

    // Sends an operation until it is answered, under the session of the moment (if it is one of a session and not `sessionless`).
    // Errors: those of store::submit but stale, lost and outcome_unknown of a `settled` one, which are tried again; asio's
    // operation_aborted if the caller went, and what was sent need not be settled. `asking` may be null: nobody waits, no deadline.
    template <class Operation>
    task<outcome<typename Operation::reply>> call(Operation, std::shared_ptr<caller_base> asking, persistence, bool sessionless = false);

private:
    task<> run();
    task<bool> establish();
    task<> beat_on();
    task<> guard();
    void compare_clocks(core::server_time there, core::local_time sent);
    task<> leave_clean(core::local_time until);
    void doubt(store::caller const&);
    void lose_session();
    void lose_lease();
    bool renew_lease(core::local_time sent);
    error_code why_not_ready() const;

    hub& hub_;
    std::string group_;
    tempo tempo_;
    bool confirms_;
    attachments& attached_;

    bool started_ = false;
    bool calls_stopped_ = false;
    bool stopped_ = false;
    bool establishing_ = false;
    bool open_ = false;        // the store has confirmed who_.session once, and not denied it since
    bool maybe_open_ = false;  // it was asked to open, and did not answer
    bool ready_ = false;       // ... on this connection, and everything is restored
    std::uint64_t openings_ = 0;
    error_code refusal_;  // what the last try to open or to restore met
    store::caller who_;
    std::deque<store::session_id> past_;  // the last ones that were lost
    std::string epoch_;
    std::shared_ptr<core::lease> lease_;
    core::local_time last_beat_{};
    core::local_time last_touch_{};
    std::uint64_t compared_on_ = 0;               // the connection it was last compared on
    std::optional<core::duration> server_ahead_;  // of the local clock, as of the last beat
    core::backoff backoff_;
    signal changed_;  // any of the above
};

template <class Operation>
task<outcome<typename Operation::reply>> session::call(Operation operation, std::shared_ptr<caller_base> asking, persistence follow_up,
                                                       bool sessionless)
{
    outcome<typename Operation::reply> result;
    auto const bound = of_session<Operation> && !sessionless;
    for (bool first = true;; first = false)
    {
        bool const awaited = asking && !asking->gone();
        bool const in_time = !awaited || first || hub_.now() < asking->deadline;
        if (calls_stopped_)
            result.ec = errc::closed;
        else if (asking && !awaited && (!result.maybe_before || follow_up == persistence::bounded))
            result.ec = asio::error::operation_aborted;
        else if (in_time && (bound ? ready_ : hub_.up()))
        {
            if constexpr (of_session<Operation>)
                if (bound)
                    operation.who = who_;
            auto const tried = who_;
            auto const lease = lease_;
            auto const opening = openings_;
            bool const maybe_before = result.maybe_before;
            result = co_await submit(hub_, group_, operation);
            result.who = tried;
            result.lease = lease;
            result.opening = opening;
            result.maybe_before = maybe_before || result.ec == errc::outcome_unknown;
            if (!is_worth_retrying(result.ec))
                co_return result;
            if (bound)
                doubt(tried);
            else if (hub_.up())
                co_await pause();
            continue;
        }
        else if (in_time)
        {
            hub_.storage();  // connects, if nobody did
            co_await (bound ? changed_ : hub_.link_changed()).wait(awaited ? asking->deadline : never);
            continue;
        }
        else
        {
            result.ec = result.maybe_before ? errc::outcome_unknown : why_not_ready();
            if (result.maybe_before && follow_up == persistence::settled)
            {
                asking->fail(result.ec);
                asking->wake();
                continue;
            }
        }
        co_return result;
    }
}

}  // namespace coterie::session

#endif
