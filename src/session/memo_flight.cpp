#include "memo_flight.hpp"

#include "../core/backoff.hpp"
#include "../core/memo_life.hpp"
#include "memo_table.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace coterie::session {
namespace {

using namespace std::chrono_literals;

// How often who can hear no news looks whether somebody else has generated.
constexpr std::chrono::milliseconds deaf_pause{200};

detail::memo_value value_of(store::memo_record const& record)
{
    return record.negative ? std::nullopt : std::optional{record.value};
}

}  // namespace

memo_flight::memo_flight(memo_table& table, std::string id)
    : table_{table}
    , hub_{table.shared()}
    , id_{std::move(id)}
    , address_{table.address(id_)}
    , changed_{hub_->strand(), hub_->time()}
{
}

// The smallest fence that does for somebody who comes while this is under way. What is not kept does for nobody who comes late.
std::uint64_t memo_flight::oldest_of(memo_generation const& running, bool refresh)
{
    return running.fence == 0 ? 1 : running.fence + (refresh ? 1 : 0);
}

// Where nothing can be given before a generation that is under way here has ended, its result is for him, too; if he wants a newer one, the next.
void memo_flight::join(waiter_ptr one)
{
    one->looks = looks_;
    if (generation_ && !usable_)
        one->oldest = std::max(oldest_of(*generation_, one->refresh), floor_);
    one->asking->on_cancelled = [weak = weak_from_this()] {
        if (auto const self = weak.lock())
            self->changed_.notify();
    };
    bool const matters_now = !one->oldest || ends_at(*one) < sleeps_until_;  // else a thousand who come would wake it a thousand times
    waiters_.push_back(std::move(one));
    if (matters_now)
        changed_.notify();
}

task<> memo_flight::run()
{
    for (turn_away(); !waiters_.empty() || generation_; turn_away())
    {
        bool const due = look_is_due();
        if (generation_ && generation_->outcome)
            co_await conclude();
        else if (due && hub_->up() && hub_->now() >= pause_until_)
            co_await look();
        else if (auto const leader = due && !hub_->up() && hub_->failing() ? who_may_do_without_the_store() : nullptr)
            begin(lease(0, never), leader, place::leader);
        else
        {
            if (due && !wanting_since_)
                wanting_since_ = hub_->now();
            if (due && !hub_->up())
            {
                hub_->storage();  // connects, if nobody did
                fall_back();
                forget_the_answered();
                if (waiters_.empty())
                    continue;
            }
            sleeps_until_ = next_wake();
            co_await changed_.wait(sleeps_until_);
        }
    }
    over_ = true;
    if (watching_)
        hub_->unwatch(this, {address_});
}

bool memo_flight::look_is_due() const
{
    bool const other_is_over = other_ && hub_->now() >= other_->until;
    bool const without_store = generation_ && generation_->fence == 0;
    bool const unanswered = std::ranges::any_of(waiters_,
                                                [&](auto const& one) { return !one->oldest && !(without_store && is_served(*one)); });
    return unanswered || ((look_again_ || other_is_over) && !generation_ && !waiters_.empty());
}

// When a waiter is turned away; never, while his generator runs.
core::local_time memo_flight::ends_at(memo_waiter const& one) const
{
    auto result = one.waits || one.oldest ? one.until : never;
    if (wanting_since_ && !is_served(one))
        result = std::min(result, std::max(one.came, *wanting_since_) + hub_->config().timeout);
    return is_leader(one) ? never : result;
}

core::local_time memo_flight::next_end() const
{
    auto result = never;
    for (auto const& one : waiters_)
        result = std::min(result, ends_at(*one));
    return result;
}

core::local_time memo_flight::next_wake() const
{
    auto const result = next_end();
    if (look_is_due())
        return hub_->up() ? std::min(result, pause_until_) : result;
    return other_ && !generation_ && !waiters_.empty() ? std::min(result, other_->until) : result;
}

void memo_flight::turn_away()
{
    auto const now = hub_->now();
    for (auto const& one : waiters_)
    {
        bool const late = now >= ends_at(*one);
        bool const his_own_time = (one->waits || one->oldest) && now >= one->until;
        if (late && !one->asking->gone())
            one->fail(his_own_time ? error_code{errc::timed_out} : hub_->up() ? trouble_ : hub_->why_down());
    }
    forget_the_answered();
}

void memo_flight::forget_the_answered()
{
    std::erase_if(waiters_, [](auto const& one) { return one->asking->gone(); });
}

task<> memo_flight::look()
{
    look_again_ = false;
    if (other_ && hub_->now() >= other_->until)
        other_.reset();
    told_meanwhile_ = 0;
    auto const number = ++looks_;
    auto const ticket = table_.cache().ticket(id_);
    store::memo_look operation;
    if (!generation_)
    {
        if (token_.empty())
        {
            token_ = table_.next_token();
            token_since_ = hub_->now();
        }
        operation.token = token_;
        operation.lease = table_.config().lock_timeout;
        operation.refresh = std::ranges::any_of(waiters_, [](auto const& one) { return one->refresh; });
    }
    auto got = co_await ask(std::move(operation));
    if (got.ec == errc::not_connected || got.ec == errc::outcome_unknown)
    {
        trouble_ = trouble_ == errc::outcome_unknown ? trouble_ : got.ec;
        if (!wanting_since_)
            wanting_since_ = got.sent;
        look_again_ = true;
        pause_until_ = hub_->now() + core::backoff::base;
        fall_back();
    }
    else if (got.ec)
        refuse(got.ec, number);
    else
        co_await hear(std::move(got), number, ticket);
}

task<> memo_flight::hear(look_outcome got, std::uint64_t number, std::uint64_t ticket)
{
    auto const& seen = got.value;
    wanting_since_.reset();
    trouble_ = errc::not_connected;
    turn_away();
    bool const fresh = seen.found && seen.now < seen.found->fresh_until;
    usable_ = seen.found && seen.now < seen.found->fresh_until + table_.config().stale;
    if (fresh)
        table_.keep(id_, ticket, *seen.found, got.sent, seen.found->fresh_until - seen.now);
    other_.reset();
    if (seen.busy_until && told_meanwhile_ != 0 && told_meanwhile_ >= seen.busy_fence)
        look_again_ = true;  // its end was told before this reply came
    else if (seen.busy_until)
    {
        auto const until = hub_->now() + (*seen.busy_until - seen.now) + 1ms;
        other_ = other_generation{seen.busy_fence, deaf_ ? std::min(until, hub_->now() + deaf_pause) : until};
    }

    auto const anybody = waiters_.empty() ? nullptr : waiters_.front();
    answer_the_covered(seen, number, fresh);
    forget_the_answered();
    if (seen.generates)
    {
        auto const mine = lease(*seen.generates, token_since_ + table_.config().lock_timeout);
        if (auto const leader = first_who([&](auto const& one) { return one.refresh || !usable_; }))
            begin(mine, leader, place::leader);
        else if (usable_ && !fresh && anybody && !*table_.closed())
            begin(mine, anybody, place::background);
        else
            co_await give_up(mine);
    }
    else if (other_ && !waiters_.empty())
        listen();
    if (!generation_)
        token_.clear();  // another one next time: a lease counts from the first try with its token
}

// Each gets what there is, or knows from now on what to wait for.
void memo_flight::answer_the_covered(store::memo_look::reply const& seen, std::uint64_t number, bool fresh)
{
    bool early = fresh && !seen.busy_until && !seen.generates && !generation_ &&
                 core::refreshes_early(seen.found->fresh_until - seen.now, seen.found->cost, table_.config().early_refresh, hub_->chance());
    auto const of_generation = seen.generates ? *seen.generates : seen.busy_until ? seen.busy_fence : 0;
    for (auto const& one : waiters_)
    {
        if (one->looks >= number || is_leader(*one))
            continue;
        if (one->fallback && !seen.generates)
            one->answer(*one->fallback);
        else if (!one->refresh && usable_ && !std::exchange(early, false))
            one->answer(value_of(*seen.found));
        else if (!one->refresh && usable_)
        {
            one->fallback = value_of(*seen.found);
            one->refresh = true;
            one->oldest = seen.found->fence + 1;
            look_again_ = true;
        }
        else if (one->refresh && one->oldest && seen.found && seen.found->fence >= *one->oldest)
            one->answer(value_of(*seen.found));
        else if (!one->oldest && generation_)
            one->oldest = oldest_of(*generation_, one->refresh);
        else if (!one->oldest)
            one->oldest = of_generation + (one->refresh && !seen.generates ? 1 : 0);
    }
}

memo_flight::waiter_ptr memo_flight::first_who(std::function<bool(memo_waiter const&)> const& does) const
{
    auto const found = std::ranges::find_if(waiters_, [&](auto const& one) { return does(*one); });
    return found == waiters_.end() ? nullptr : *found;
}

// Nobody, if that is not wanted.
memo_flight::waiter_ptr memo_flight::who_may_do_without_the_store() const
{
    if (!table_.config().fail_open || generation_ || *table_.closed())
        return nullptr;
    return first_who([](auto const& one) { return one.form == detail::memo_form::internal && !one.fallback; });
}

// Who refreshes early does not wait for the store.
void memo_flight::fall_back()
{
    for (auto const& one : waiters_)
        if (one->fallback && !is_leader(*one))
            one->answer(*one->fallback);
}

// The server does not want to be looked at.
void memo_flight::refuse(error_code why, std::uint64_t number)
{
    turn_away();
    if (auto const leader = who_may_do_without_the_store())
        return begin(lease(0, never), leader, place::leader);
    for (auto const& one : waiters_)
        if (one->looks < number && !is_served(*one))
            one->fail(why);
}

// What was told before the watch began is seen by another look.
void memo_flight::listen()
{
    if (std::exchange(watching_, true))
        return;
    spawn(hub_->strand(), [table = table_.shared_from_this(), self = shared_from_this()]() -> task<> {
        if (self->over_)
            co_return;
        auto const failed = co_await begin_watch(*self->hub_, self.get(), self->address_);
        self->deaf_ = failed && failed != errc::not_connected;
        if (self->deaf_)
            self->hub_->log(log_level::warning, "news of {} cannot be heard: {}", self->address_, failed.message());
        self->look_again_ = true;
        self->changed_.notify();
    });
}

void memo_flight::on_news(store::news const& told)
{
    told_meanwhile_ = std::max(told_meanwhile_, told.fence);
    if (generation_ || !other_ || told.fence < other_->fence)
        return;
    bool const is_result = told.what == store::memo_kind::value || told.what == store::memo_kind::negative;
    for (auto const& one : waiters_)
        if (!one->oldest || *one->oldest > told.fence || told.large)
            continue;
        else if (is_result)
            one->answer(told.what == store::memo_kind::negative ? std::nullopt : std::optional{told.bytes});
        else if (told.what == store::memo_kind::failed)
            one->asking->answer(std::make_exception_ptr(boost::system::system_error{make_error_code(errc::generator_failed), told.bytes}),
                                {});
    other_.reset();
    look_again_ = true;
    changed_.notify();
}

void memo_flight::on_gap()
{
    look_again_ = true;
    changed_.notify();
}

void memo_flight::on_link()
{
    pause_until_ = {};
    changed_.notify();
}

// A generator is cancelled, and its caller answered when it has ended.
void memo_flight::close()
{
    for (auto const& one : waiters_)
        if (!is_leader(*one))
            one->fail(errc::closed);
    if (generation_)
        generation_->cancel();
    changed_.notify();
}

}  // namespace coterie::session
