// A flight's generations: begun, ended, published or given up.
#include "../core/backoff.hpp"
#include "../core/limits.hpp"
#include "../core/memo_life.hpp"
#include "memo_flight.hpp"
#include "memo_table.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace coterie::session {
namespace {

using namespace std::chrono_literals;

error_code check(memo_result const& result)
{
    if (result.ttl < 0ms || result.ttl > 36'500 * 24h)
        return errc::bad_argument;
    return result.value && result.value->size() > core::max_result ? error_code{errc::too_large} : error_code{};
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
    ++hub_->count().generations;
    mine->began = hub_->now();
    mine->form = whose->form;
    wanting_since_.reset();
    usable_ = usable_ && mine->fence != 0;
    for (auto const& one : waiters_)
    {
        one->served_by = mine.get();
        if (!one->oldest && mine->fence != 0 && (!usable_ || one->refresh || one == whose))
            one->oldest = mine->fence;
    }
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
        wait_for_external(*mine);
    else
        co_await publish(mine, std::move(result));
    look_again_ = true;
    if (*table_.closed())
        for (auto const& one : waiters_)
            one->fail(errc::closed);
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
        else if (mine->fence == 0 ? one->served_by == mine.get() : one->oldest && *one->oldest <= mine->fence)
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
void memo_flight::wait_for_external(memo_generation const& mine)
{
    end_generation();
    other_ = other_generation{mine.fence, mine.lease_end};
    if (!waiters_.empty())
        listen();
}

// What is published is right for everybody who is here by now; what is not, for those who came before it was begun.
task<> memo_flight::publish(std::shared_ptr<memo_generation> mine, memo_result result)
{
    auto const present = waiters_;
    bool published = false;
    if (mine->fence != 0)
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
        {
            ++hub_->count().lost_generations;
            hub_->log(log_level::warning, "{} took longer than its lease to generate, or was stored or invalidated: not kept", address_);
        }
        else
            hub_->log(log_level::warning, "{} could not be kept: {}", address_, told.ec.message());
        if (told.ec == errc::refused)
            co_await give_up(mine);
    }
    end_generation();
    for (auto const& one : present)
    {
        bool const new_enough = one->oldest ? *one->oldest <= mine->fence : !one->refresh;
        if (one->served_by == mine.get() || (published && new_enough))
            one->answer(result.value);
    }
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
    auto said = co_await ask(operation);
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

}  // namespace coterie::session
