#include "memo_flight.hpp"

#include "../core/backoff.hpp"
#include "../core/limits.hpp"
#include "../core/memo_life.hpp"
#include "memo_table.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace coterie::session {
namespace {

using namespace std::chrono_literals;

// How often who can hear no news looks whether somebody else has generated.
constexpr std::chrono::milliseconds deaf_pause{200};

detail::memo_value value_of(store::memo_record const& record)
{
    return record.negative ? std::nullopt : std::optional{record.value};
}

error_code check(memo_result const& result)
{
    if (result.ttl < 0ms || result.ttl > 36'500 * 24h)
        return errc::bad_argument;
    return result.value.value_or("").size() > core::max_result ? error_code{errc::too_large} : error_code{};
}

// Of an error, for those in other processes.
std::string words_of(std::exception_ptr error)
{
    constexpr std::size_t most = 1024;
    try
    {
        std::rethrow_exception(error);
    }
    catch (std::exception const& known)
    {
        return std::string{known.what()}.substr(0, most);
    }
    catch (...)
    {
        return "unknown error";
    }
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

// Where nothing can be given before a generation that is under way here has ended, its result is for him, too; if he wants a newer one, the next.
void memo_flight::join(waiter_ptr one)
{
    one->looks = looks_;
    if (generation_ && !usable_)
        one->oldest = generation_->fence + (one->refresh ? 1 : 0);
    one->asking->on_cancelled = [weak = weak_from_this()] {
        if (auto const self = weak.lock())
            self->changed_.notify();
    };
    waiters_.push_back(std::move(one));
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
        else if (auto const leader = first_with(detail::memo_form::internal);
                 due && !hub_->up() && hub_->failing() && !generation_ && leader && table_.config().fail_open)
            begin(lease(0, never), leader, place::leader);
        else
        {
            if (due && !wanting_since_)
                wanting_since_ = hub_->now();
            if (due && !hub_->up())
                hub_->storage();  // connects, if nobody did
            co_await changed_.wait(next_wake());
        }
    }
    if (watching_)
        hub_->unwatch(this, {address_});
}

bool memo_flight::look_is_due() const
{
    bool const other_is_over = other_ && hub_->now() >= other_->until;
    bool const unanswered = std::ranges::any_of(waiters_, [](auto const& one) { return !one->oldest; });
    return unanswered || ((look_again_ || other_is_over) && !generation_ && !waiters_.empty());
}

// When a waiter is turned away; never, while his generator runs.
core::local_time memo_flight::ends_at(memo_waiter const& one) const
{
    auto result = one.waits || one.oldest ? one.until : never;
    if (wanting_since_)
        result = std::min(result, std::max(one.came, *wanting_since_) + hub_->config().timeout);
    return is_leader(one) ? never : result;
}

core::local_time memo_flight::next_wake() const
{
    auto result = never;
    for (auto const& one : waiters_)
        result = std::min(result, ends_at(*one));
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
    auto const number = ++looks_;
    auto const ticket = table_.cache().ticket(id_);
    store::memo_look operation;
    if (!generation_)
    {
        if (token_.empty())
        {
            token_ = hub_->random_id();
            token_since_ = hub_->now();
        }
        operation.token = token_;
        operation.lease = table_.config().lock_timeout;
        operation.refresh = std::ranges::any_of(waiters_, [](auto const& one) { return one->refresh; });
    }
    auto got = co_await submit(*hub_, address_, std::move(operation));
    if (got.ec == errc::not_connected || got.ec == errc::outcome_unknown)
    {
        trouble_ = trouble_ == errc::outcome_unknown ? trouble_ : got.ec;
        if (!wanting_since_)
            wanting_since_ = got.sent;
        look_again_ = true;
        pause_until_ = hub_->now() + core::backoff::base;
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
        table_.keep(id_, ticket, *seen.found, got.sent + (seen.found->fresh_until - seen.now));
    other_.reset();
    if (seen.busy_until)
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
        if (!waiters_.empty())
            begin(mine, waiters_.front(), place::leader);
        else if (usable_ && !fresh && anybody && !*table_.closed())
            begin(mine, anybody, place::background);
        else
        {
            token_.clear();
            co_await give_up(mine);
        }
    }
    else if (other_ && !waiters_.empty() && !watching_)
        co_await listen();
}

// Each gets what there is, or knows from now on what to wait for.
void memo_flight::answer_the_covered(store::memo_look::reply const& seen, std::uint64_t number, bool fresh)
{
    bool early = fresh && !seen.busy_until && !seen.generates && !generation_ &&
                 core::refreshes_early(seen.found->fresh_until - seen.now, seen.found->cost, table_.config().early_refresh, hub_->chance());
    auto const of_generation = seen.generates ? *seen.generates : seen.busy_until ? seen.busy_fence : generation_ ? generation_->fence : 0;
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
        else if (!one->oldest)
            one->oldest = of_generation + (one->refresh && !seen.generates ? 1 : 0);
    }
}

memo_flight::waiter_ptr memo_flight::first_with(detail::memo_form form) const
{
    auto const found = std::ranges::find_if(waiters_, [form](auto const& one) { return one->form == form; });
    return found == waiters_.end() ? nullptr : *found;
}

// The server does not want to be looked at.
void memo_flight::refuse(error_code why, std::uint64_t number)
{
    auto const leader = first_with(detail::memo_form::internal);
    if (table_.config().fail_open && leader && !generation_ && why != errc::closed)
        return begin(lease(0, never), leader, place::leader);
    for (auto const& one : waiters_)
        if (one->looks < number && !is_leader(*one))
            one->fail(why);
}

// What was told before the watch began is seen by another look.
task<> memo_flight::listen()
{
    watching_ = true;
    auto const failed = co_await begin_watch(*hub_, this, address_);
    deaf_ = failed && failed != errc::not_connected;
    if (deaf_)
        hub_->log(log_level::warning, "news of {} cannot be heard: {}", address_, failed.message());
    look_again_ = true;
}

std::shared_ptr<memo_generation> memo_flight::lease(std::uint64_t fence, core::local_time end) const
{
    auto const result = std::make_shared<memo_generation>();
    result->shared = hub_;
    result->closed = table_.closed();
    result->address = address_;
    result->token = token_;
    result->fence = fence;
    result->lease_end = end;
    return result;
}

void memo_flight::begin(std::shared_ptr<memo_generation> mine, waiter_ptr const& whose, place where)
{
    generation_ = mine;
    mine->began = hub_->now();
    mine->form = whose->form;
    mine->audience = waiters_;
    for (auto const& one : waiters_)
        if (!one->oldest)
            one->oldest = mine->fence;
    if (where == place::leader)
    {
        mine->leader = whose;
        whose->asking->occupied = true;
        whose->asking->on_cancelled = [weak = std::weak_ptr{mine}] {
            if (auto const generation = weak.lock())
                generation->cancel();
        };
    }
    auto ended = [weak = weak_from_this(), strand = hub_->strand(), mine](std::exception_ptr error, memo_result result) {
        asio::post(strand, [weak, mine, error, result = std::move(result)]() mutable {
            mine->outcome.emplace(error, std::move(result));
            if (auto const self = weak.lock())
                self->changed_.notify();
        });
    };
    mine->cancel = whose->generator(memo_lease{mine}, std::move(ended));
}

task<> memo_flight::conclude()
{
    auto const mine = generation_;
    auto [error, result] = std::move(*mine->outcome);
    if (auto const wrong = check(result); wrong && !error)
        error = std::make_exception_ptr(boost::system::system_error{wrong});
    bool const cancelled = mine->leader && mine->leader->asking->cancelled;
    if (error && (cancelled || *table_.closed()))
    {
        co_await give_up(mine);  // first: whoever is answered may end the program
        if (mine->leader)
            mine->leader->fail(*table_.closed() ? error_code{errc::closed} : error_code{asio::error::operation_aborted});
        end_generation();
    }
    else if (error)
        co_await fail(mine, error);
    else if (mine->form == detail::memo_form::external)
        co_await wait_for_external(mine);
    else
        co_await publish(mine, std::move(result));
    look_again_ = true;
}

// Who refreshed early has what he had.
task<> memo_flight::fail(std::shared_ptr<memo_generation> mine, std::exception_ptr error)
{
    auto const words = words_of(error);
    bool const matters = !mine->leader || !mine->leader->fallback;
    if (!mine->leader || !matters)
        hub_->log(log_level::warning, "{} could not be generated anew: {}", address_, words);
    end_generation();
    for (auto const& one : waiters_)
        if (one->fallback)
            one->answer(*one->fallback);
        else if (one->oldest && *one->oldest <= mine->fence)
            one->asking->answer(error, std::nullopt);
    if (!matters)
        co_return co_await give_up(mine);
    store::memo_publish operation;
    operation.kind = store::memo_kind::failed;
    operation.token = mine->token;
    operation.fence = mine->fence;
    operation.bytes = words;
    if (mine->fence != 0)
        co_await say(mine, std::move(operation));
}

// Somebody is at it, as far as is known.
task<> memo_flight::wait_for_external(std::shared_ptr<memo_generation> mine)
{
    end_generation();
    other_ = other_generation{mine->fence, mine->lease_end};
    if (!watching_ && !waiters_.empty())
        co_await listen();
}

// What is published is right for everybody who is here by now; what is not, for those who came before it was begun.
task<> memo_flight::publish(std::shared_ptr<memo_generation> mine, memo_result result)
{
    auto const present = waiters_;
    auto const satisfied = [&](memo_waiter const& one) { return one.oldest ? *one.oldest <= mine->fence : !one.refresh; };
    bool published = mine->fence == 0;
    if (!published)
    {
        store::memo_publish operation;
        operation.kind = result.value ? store::memo_kind::value : store::memo_kind::negative;
        operation.token = mine->token;
        operation.fence = mine->fence;
        operation.bytes = result.value.value_or("");
        operation.ttl = core::jittered(result.ttl, table_.config().ttl_jitter, hub_->chance());
        operation.stale = result.ttl > 0ms ? table_.config().stale : 0ms;
        operation.cost = std::chrono::ceil<std::chrono::milliseconds>(hub_->now() - mine->began);
        auto const told = co_await say(mine, std::move(operation));
        published = !told.ec && told.value.published;
        if (published)
            table_.cache().outdate(id_, mine->fence);
        else if (!told.ec)
            hub_->log(log_level::warning, "{} took longer than its lease to generate, or was stored or invalidated: not kept", address_);
        else
            hub_->log(log_level::warning, "{} could not be kept: {}", address_, told.ec.message());
        if (told.ec == errc::refused)
            co_await give_up(mine);
    }
    auto const audience = std::move(mine->audience);
    end_generation();
    for (auto const& one : published ? present : audience)
        if (satisfied(*one))
            one->answer(result.value);
}

// Others may generate.
task<> memo_flight::give_up(std::shared_ptr<memo_generation> mine)
{
    store::memo_release operation;
    operation.token = mine->token;
    operation.fence = mine->fence;
    if (mine->fence != 0)
        co_await say(mine, std::move(operation));
}

// The leader waits like everybody else, if he is not answered yet.
void memo_flight::end_generation()
{
    auto const leader = std::exchange(generation_->leader, nullptr);
    generation_->audience.clear();
    generation_.reset();
    token_.clear();
    if (leader && leader->asking->cancelled)
        leader->fail(asio::error::operation_aborted);
    else if (leader)
        leader->asking->occupied = false;
}

// The end of a generation: one try here; if it is not known what came of it, more of them beside what is done next.
template <class Operation>
task<outcome<typename Operation::reply>> memo_flight::say(std::shared_ptr<memo_generation> mine, Operation operation)
{
    auto said = co_await submit(*hub_, mine->address, operation);
    if (said.ec == errc::not_connected || said.ec == errc::outcome_unknown)
        spawn(hub_->strand(), [shared = hub_, mine, operation = std::move(operation)]() -> task<> {
            auto const until = std::min(mine->lease_end, shared->now() + shared->config().timeout);
            while (shared->now() < until)
            {
                co_await shared->link_changed().wait(std::min(until, shared->now() + core::backoff::base));
                if (!shared->up())
                    continue;
                auto const again = co_await submit(*shared, mine->address, operation);
                if (again.ec != errc::not_connected && again.ec != errc::outcome_unknown)
                    co_return;
            }
        });
    co_return said;
}

void memo_flight::on_news(store::news const& told)
{
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
