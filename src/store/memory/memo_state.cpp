#include "memo_state.hpp"

#include <coterie/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace coterie::store::memory {
namespace {

using std::chrono::milliseconds;

std::uint64_t microseconds(instant time)
{
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

// `at` and so much; a record has room for 13 digits.
server_time later(server_time at, milliseconds by)
{
    constexpr server_time end{milliseconds{9'999'999'999'999}};
    return by < end - at ? at + by : end;
}

void attach(news& to, std::string const& bytes)
{
    to.large = bytes.size() > news::most;
    if (!to.large)
        to.bytes = bytes;
}

}  // namespace

outcome memo_state::apply(operation const& what, instant now, random_source const&)
{
    expire(now);
    instant_ = now;
    now_ = std::chrono::floor<milliseconds>(now);
    return std::visit(
        [this](auto const& one) -> outcome {
            if constexpr (requires { apply(one); })
                return apply(one);
            else
                return {make_error_code(errc::refused, "ERR not an operation of a memoised result")};
        },
        what);
}

void memo_state::expire(instant now)
{
    auto const time = std::chrono::floor<milliseconds>(now);
    if (result_ && time >= result_->gone_at)
        result_.reset();
    if (generation_ && time >= generation_->deadline)
        generation_.reset();
    if (microseconds(now) > last_fence_)
        last_fence_ = 0;
}

outcome memo_state::apply(memo_look const& what)
{
    memo_look::reply answer;
    answer.now = now_;
    if (result_)
        answer.found = result_->record;
    bool const fresh = result_ && now_ < result_->record.fresh_until;
    if (what.token.empty() || (fresh && !what.refresh))
        return {{}, std::move(answer)};
    if (generation_ && generation_->token != what.token)
    {
        answer.busy_until = generation_->deadline;
        answer.busy_fence = generation_->fence;
        return {{}, std::move(answer)};
    }
    if (!generation_)
        generation_ = generation{next_fence(), what.token, later(now_, what.lease)};
    answer.generates = generation_->fence;
    return {{}, std::move(answer)};
}

outcome memo_state::apply(memo_publish const& what)
{
    if (!is_generating(what.token, what.fence))
        return {{}, memo_publish::reply{result_ && result_->record.fence == what.fence}};
    news told{.what = what.kind, .fence = what.fence, .bytes = {}};
    if (what.kind == memo_kind::failed)
        attach(told, what.bytes);
    else
        told = keep(what, what.fence);
    generation_.reset();
    return {{}, memo_publish::reply{true}, {std::move(told)}};
}

outcome memo_state::apply(memo_release const& what)
{
    if (!is_generating(what.token, what.fence))
        return {{}, memo_release::reply{false}};
    generation_.reset();
    return {{}, memo_release::reply{true}, {news{.what = memo_kind::free, .fence = what.fence, .bytes = {}}}};
}

outcome memo_state::apply(memo_renew const& what)
{
    if (!is_generating(what.token, what.fence))
        return {{}, memo_renew::reply{}};
    generation_->deadline = std::max(generation_->deadline, later(now_, what.lease));
    return {{}, memo_renew::reply{generation_->deadline}};
}

outcome memo_state::apply(memo_store const& what)
{
    auto const fence = next_fence();
    auto told = keep(what, fence);
    generation_.reset();
    return {{}, memo_store::reply{fence}, {std::move(told)}};
}

outcome memo_state::apply(memo_erase const&)
{
    bool const had = result_.has_value();
    auto const fence = next_fence();
    news told{.what = memo_kind::erased, .fence = fence, .bytes = {}};
    result_.reset();
    generation_.reset();
    return {{}, memo_erase::reply{fence, had}, {std::move(told)}};
}

bool memo_state::is_generating(std::string const& token, std::uint64_t fence) const
{
    return generation_ && generation_->token == token && generation_->fence == fence;
}

std::uint64_t memo_state::next_fence()
{
    auto const of_result = result_ ? result_->record.fence : 0;
    auto const of_generation = generation_ ? generation_->fence : 0;
    last_fence_ = std::max(microseconds(instant_), std::max({of_result, of_generation, last_fence_}) + 1);
    return last_fence_;
}

template <class Result>
news memo_state::keep(Result const& what, std::uint64_t fence)
{
    auto const fresh_until = later(now_, what.ttl);
    auto const cost = std::min(what.cost, milliseconds{9'999'999'999});
    result_ = kept_result{{fence, now_, fresh_until, cost, what.kind == memo_kind::negative, what.bytes}, later(fresh_until, what.stale)};
    news told{.what = what.kind, .fence = fence, .made = now_, .fresh_until = fresh_until, .cost = cost, .bytes = {}};
    attach(told, what.bytes);
    return told;
}

std::string memo_state::dump() const
{
    auto const ms = [](server_time time) { return time.time_since_epoch().count(); };
    std::string out;
    if (generation_)
        fmt::format_to(std::back_inserter(out), "generation {} of {} until {}\n", generation_->fence, generation_->token,
                       ms(generation_->deadline));
    if (result_)
    {
        auto const& record = result_->record;
        fmt::format_to(std::back_inserter(out), "{} {} made {} fresh until {} gone at {} cost {} = {}\n",
                       record.negative ? "negative" : "value", record.fence, ms(record.made), ms(record.fresh_until), ms(result_->gone_at),
                       record.cost.count(), record.value);
    }
    return out;
}

}  // namespace coterie::store::memory
