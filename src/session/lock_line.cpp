#include "lock_line.hpp"

#include <algorithm>

namespace coterie::session {

lock_line::lock_line(wish_ptr wish, hub& shared, session& beats, lock_returns& returns, line_owner& owner)
    : wish_{std::move(wish)}
    , hub_{shared}
    , session_{beats}
    , returns_{returns}
    , owner_{owner}
    , changed_{shared.strand(), shared.time()}
{
}

void lock_line::enter(request_ptr const& one)
{
    if (closed_)
        return one->answer(errc::closed);
    if (!one->waits && (standing_ || (occupied_ && !returning_)))
        return one->answer({});
    line_.enter(one);
    start();
}

void lock_line::on_grant(store::grant const& granted)
{
    pushed_ = granted;
    changed_.notify();
}

void lock_line::on_listening()
{
    ask_again_ = true;
    changed_.notify();
}

void lock_line::on_resumed()
{
    resumed_ = true;
    on_listening();
}

void lock_line::close()
{
    closed_ = true;
    if (place_ != 0 && wish_->fixed())
        returns_.leave_behind_place(place_);  // granted at the last moment, it would outlive the session
    for (auto const& one : line_.take_all())
        one->answer(errc::closed);
    changed_.notify();
}

bool lock_line::pass_on(std::shared_ptr<held_claim> const& claim)
{
    bool const possible = wish_->one_after_the_other() && !wish_->fixed() && !closed_ && claim->next_fence < claim->fences_end &&
                          claim->lease->state(hub_.now()) == core::lease_state::held && line_.first();
    if (possible)
        hand_out(claim);
    else
        returning_ = wish_->one_after_the_other();
    return possible;
}

void lock_line::on_returned()
{
    if (wish_->one_after_the_other())
        occupied_ = returning_ = false;
    start();
    if (idle())
        owner_.on_idle(*this);
}

void lock_line::start()
{
    if (running_ || occupied_ || line_.empty())
        return;
    running_ = true;
    spawn(hub_.strand(), [self = shared_from_this(), alive = owner_.keep_alive()] { return self->run(); });
}

task<> lock_line::run()
{
    while (!closed_ && !occupied_)
    {
        if (auto const next = line_.first())
            co_await ask_for(next);
        else if (place_ != 0 || plain_doubt_)
            co_await leave();
        else
            break;
    }
    if (closed_)
        drop_place();  // it ends with the session; nobody is to be told of it here
    running_ = false;
    if (idle())
        owner_.on_idle(*this);
}

// Of those who come one after the other each one needs a fence.
std::uint32_t lock_line::fences_wanted() const
{
    if (wish_->fixed() || wish_->for_role() || wish_->mode == store::lock_mode::permit)
        return 1;
    auto const most = wish_->mode == store::lock_mode::shared ? store::acquire::most_fences : in_a_row;
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(line_.size(), 1, most));
}

task<> lock_line::ask_for(request_ptr asked)
{
    bool const plainly = wish_->plain() && place_ == 0 && (plain_doubt_ || (!contended_ && line_.size() == 1));
    auto asking = asked->asking.lock();
    if (asking && !std::exchange(asked->begun, true))  // until now he waited for others of this program
        asking->deadline = std::max(asking->deadline, hub_.now() + hub_.config().timeout);
    if (standing_)
        asking.reset();  // he has a place: what comes now is for all of them, and has no deadline
    answer got;
    if (plainly)
        got = co_await ask_plainly(asking);
    else
        got = co_await ask_for_place(asking, asked->waits);
    co_await on_answer(asked, got);
}

// A name for whatever is passed or returned here: g++ 12 destroys temporaries twice that are made in a co_return or co_await.
template <class Outcome>
lock_line::answer lock_line::common(Outcome const& got)
{
    answer result;
    result.ec = got.ec;
    result.granted = got.value.granted;
    result.busy_until = got.value.deadline;
    result.fence = got.value.fence;
    result.sent = got.sent;
    result.who = got.who;
    result.opening = got.opening;
    result.lease = got.lease;
    result.maybe_before = got.maybe_before;
    return result;
}

task<lock_line::answer> lock_line::ask_plainly(std::shared_ptr<caller_base> asking)
{
    store::lock operation;
    operation.name = wish_->names.front();
    operation.owner = wish_->owner;
    auto const got = co_await session_.call(operation, asking, persistence::settled);
    plain_doubt_ = got.ec && (plain_doubt_ || got.maybe_before);
    contended_ = !got.ec && !got.value.granted;
    auto result = common(got);
    co_return result;
}

task<lock_line::answer> lock_line::ask_for_place(std::shared_ptr<caller_base> asking, bool waits)
{
    if (place_ == 0)
    {
        place_ = owner_.open_place(*this);
        fences_ = fences_wanted();
        pushed_.reset();
        resumed_ = false;
    }
    if (waits)
        owner_.listen();
    auto const listened = session_.who().session;
    store::acquire operation;
    operation.place = place_;
    operation.names = wish_->names;
    operation.owner = wish_->owner;
    operation.value = wish_->value;
    operation.mode = wish_->mode;
    operation.limit = wish_->limit;
    operation.term = wish_->term;
    operation.wait = waits;
    operation.fences = fences_;
    auto const got = co_await session_.call(operation, asking, persistence::settled);
    ask_again_at_ = hub_.now() + session_.heartbeat();
    ask_again_ = ask_again_ || got.who.session != listened;  // nobody listened for this one
    auto result = common(got);
    result.waiting = got.value.waiting;
    result.fences = fences_;
    result.place = place_;
    co_return result;
}

task<> lock_line::on_answer(request_ptr const& asked, answer const& got)
{
    if (got.ec == errc::closed)
        co_return close();
    place_known_ = place_ != 0 && (place_known_ || !got.ec || got.maybe_before);
    if (got.ec)
    {
        if (!place_known_)
            drop_place();
        if (asked->wanted())
            asked->answer(got.ec);
        co_return;
    }
    // An earlier session of this connector may have got it, for a term that outlives it.
    bool const another_session = standing_ && got.who.session != asked_as_.session;
    if (wish_->fixed() && (got.maybe_before || another_session) && co_await returns_.withdraw_past(place_) && !got.granted)
        co_return;
    asked_as_ = got.who;
    if (got.granted)
        co_return co_await take(got);
    standing_ = got.waiting;
    if (got.waiting)
        co_return co_await stand();
    bool const to_be_asked_again = got.place == 0 && (asked->waits || got.busy_until == core::server_time{});
    if (!to_be_asked_again && !asked->waits)
    {
        drop_place();
        contended_ = false;
        if (asked->wanted())
            asked->answer({});
    }
}

// In the store's line, until something happens that is worth another question.
task<> lock_line::stand()
{
    for (;;)
    {
        turn_away_who_does_not_wait();
        if (closed_ || !line_.first())
            co_return;
        bool const same_session = session_.who().session == asked_as_.session;
        if (pushed_ && same_session && pushed_->session == asked_as_.session && !wish_->fixed() && !resumed_ && wish_->min_replicas == 0)
        {
            answer const got{.granted = true,
                             .fence = pushed_->fence,
                             .fences = fences_,
                             .place = place_,
                             .sent = hub_.now(),
                             .who = session_.who(),
                             .opening = session_.openings(),
                             .lease = session_.lease()};
            co_return co_await take(got);
        }
        bool const ask_again = std::exchange(ask_again_, false);
        if (std::exchange(pushed_, {}) || ask_again || !same_session || session_.who().generation != asked_as_.generation ||
            hub_.now() >= ask_again_at_)
            co_return;
        co_await changed_.wait(ask_again_at_);
    }
}

task<> lock_line::take(answer const& got)
{
    if (!is_of_the_moment(got))
    {
        plain_doubt_ = place_ == 0;
        co_return;  // the store may be another one by now: ask again, which is safe
    }
    auto const claim = std::make_shared<held_claim>();
    claim->what = {wish_->names, wish_->owner, got.who.session, got.fence, got.place, wish_->mode, wish_->fixed()};
    claim->lease = wish_->fixed() ? std::make_shared<core::lease>(got.sent, wish_->term, core::duration::zero()) : got.lease;
    claim->next_fence = got.fence;
    claim->fences_end = got.fence + got.fences;
    claim->line = shared_from_this();
    claim->value = wish_->value;
    contended_ = standing_;
    plain_doubt_ = false;
    drop_place();

    auto const replicated = co_await wait_for_replicas(claim->what);
    bool const over = claim->lease->state(hub_.now()) == core::lease_state::lost;  // lost on the way here
    auto const next = line_.first();
    bool const taken = replicated == errc::lost || (wish_->min_replicas != 0 && !is_of_the_moment(got));  // by force, perhaps: once more
    if (replicated && replicated != errc::lost && next)
        next->answer(replicated);
    else if (!over && next && !taken)
    {
        hand_out(claim);
        co_return owner_.add(claim);
    }
    else if (over && next)
        next->expect_no_more();
    co_await returns_.give_back(claim->what, nullptr);
}

// Nothing was resumed since, so nothing that was granted then can have been taken by force and forgotten.
bool lock_line::is_of_the_moment(answer const& got) const
{
    return got.who.session == session_.who().session && got.opening == session_.openings();
}

// errc::lost: it was taken away before all that.
task<error_code> lock_line::wait_for_replicas(store::claim const& claim)
{
    if (wish_->min_replicas == 0)
        co_return error_code{};
    store::replicate operation;
    operation.held = claim;
    operation.replicas = wish_->min_replicas;
    auto const waited = co_await submit(hub_, session_.group(), operation);
    if (waited.ec == errc::closed || waited.ec == errc::refused)
        co_return waited.ec;
    if (!waited.ec && !waited.value.held)
        co_return error_code{errc::lost};
    bool const enough = !waited.ec && waited.value.replicas >= wish_->min_replicas;
    co_return enough ? error_code{} : error_code{errc::not_replicated};
}

// Readers together, others one by one.
void lock_line::hand_out(std::shared_ptr<held_claim> const& claim)
{
    occupied_ = wish_->one_after_the_other();
    returning_ = false;
    do
    {
        auto const next = line_.take_first();
        auto const held = std::make_shared<held_lock>(claim, hub_.strand(), hub_.time());
        claim->holders.push_back(held);
        next->answer({}, held);
        if (occupied_)
            share_with_the_reentrant(held);
    } while (wish_->mode == store::lock_mode::shared && claim->next_fence < claim->fences_end && line_.first());
    if (occupied_)
        turn_away_who_does_not_wait();
}

// They are of the same member.
void lock_line::share_with_the_reentrant(std::shared_ptr<held_lock> const& held)
{
    for (auto const& one : line_.take_reentrant())
        if (one->wanted())
        {
            ++held->holds;
            one->answer({}, held);
        }
}

void lock_line::turn_away_who_does_not_wait()
{
    for (auto const& one : line_.take_who_does_not_wait())
        if (one->wanted())
            one->answer({});
}

// Nobody here wants it any more.
task<> lock_line::leave()
{
    if (place_ != 0)
    {
        auto const place = place_;
        drop_place();
        if (wish_->fixed())
            co_await returns_.withdraw_past(place);
        co_await returns_.withdraw(place);
    }
    if (plain_doubt_)
    {
        auto const got = co_await ask_plainly(nullptr);
        if (got.granted)
        {
            store::claim const claim{wish_->names, wish_->owner, got.who.session, got.fence};
            co_await returns_.give_back(claim, nullptr);
        }
        else if (got.ec && got.ec != errc::closed)
            co_await session_.pause();
        plain_doubt_ = plain_doubt_ && got.ec != errc::closed;
    }
    contended_ = false;
}

void lock_line::drop_place()
{
    if (place_ != 0)
        owner_.close_place(place_);
    place_ = 0;
    place_known_ = standing_ = false;
    pushed_.reset();
}

}  // namespace coterie::session
