#include "member_table.hpp"

#include "../core/limits.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace coterie::session {

void member_table::want(std::string const& name, std::optional<std::string> const& value)
{
    if (value)
        wanted_[name] = *value;
    else
        wanted_.erase(name);
}

void member_table::report(std::optional<core::event> const& event)
{
    if (event && std::exchange(reported_, event->id) != event->id)
        sink_(*event);
}

task<> member_table::join(std::string name, core::member_value value, std::shared_ptr<caller<>> asking)
{
    auto const turn = co_await turns_.enter(name, asking->deadline);
    if (!turn)
        co_return asking->fail(errc::not_connected);
    co_await batch_answered();
    if (asking->gone())
        co_return;

    auto const known = wanted_.find(name);
    auto const before = known == wanted_.end() ? std::nullopt : std::optional{known->second};
    auto const packed = core::pack(value);
    want(name, packed);

    auto const put = [&](store::join& operation) { operation.members.push_back({name, packed}); };
    auto const joined = co_await joins_.call(put, name.size() + packed.size(), asking);
    if (!joined->ec)
        report(joined->value.event);
    if (!joined->ec && !asking->gone())
        co_return asking->succeed();

    // It failed, or the caller cancelled it: as if it had not been called. Even if nothing was sent: a session that was opened
    // meanwhile has joined all that was wanted.
    asking->fail(joined->ec);
    co_await batch_answered();
    want(name, before);
    if (joined->ec != errc::closed)
        co_await give_back(name, before);
}

task<> member_table::give_back(std::string name, std::optional<std::string> before)
{
    if (before)
    {
        store::join operation;
        operation.members.push_back({name, *before});
        auto const joined = co_await session_.call(std::move(operation), nullptr, persistence::settled);
        report(joined.value.event);
        if (joined.ec && joined.ec != errc::closed)
            restore_again();
    }
    else
    {
        store::leave operation;
        operation.names.push_back(name);
        report((co_await session_.call(std::move(operation), nullptr, persistence::settled)).value.event);
    }
}

task<> member_table::leave(std::string name, std::shared_ptr<caller<bool>> asking)
{
    // Whoever is told that it takes too long still leaves, later.
    auto const too_late = std::make_shared<bool>(false);
    turnstile::late_word const tell = [asking, too_late] {
        *too_late = !asking->gone();
        asking->fail(errc::not_connected);
    };
    auto const turn = co_await turns_.enter(name, asking->deadline, tell);
    co_await batch_answered();
    auto const known = wanted_.find(name);
    if (known == wanted_.end() || (asking->gone() && !*too_late))
        co_return asking->succeed(false);

    auto const before = known->second;
    wanted_.erase(known);
    auto const put = [&](store::leave& operation) { operation.names.push_back(name); };
    std::shared_ptr<outcome<store::leave::reply> const> left;
    if (!*too_late)
        left = co_await leaves_.call(put, name.size(), asking);
    if (!left || left->ec == errc::not_connected || left->ec == asio::error::operation_aborted)
    {
        if (left)
            asking->fail(left->ec);
        store::leave alone;
        put(alone);
        left = std::make_shared<outcome<store::leave::reply>>(co_await session_.call(std::move(alone), nullptr, persistence::settled));
    }
    if (left->ec)
    {
        asking->fail(left->ec);
        if (left->ec == errc::closed)
            co_return;
        co_await batch_answered();
        want(name, before);
        co_return co_await give_back(name, before);
    }
    report(left->value.event);
    bool const told = left->value.event && std::ranges::any_of(left->value.event->changes,
                                                               [&](core::change const& change) { return change.member.name == name; });
    asking->succeed(told || left->maybe_before);
}

task<> member_table::update(std::string name, std::string value, std::shared_ptr<caller<bool>> asking)
{
    auto const turn = co_await turns_.enter(name, asking->deadline);
    if (!turn)
        co_return asking->fail(errc::not_connected);
    co_await batch_answered();
    auto const known = wanted_.find(name);
    if (known == wanted_.end() || asking->gone())
        co_return asking->succeed(false);

    auto const before = known->second;
    auto next = core::unpack(before);
    next.value = std::move(value);
    auto const packed = core::pack(next);
    if (auto const wrong = core::check_value(packed))
        co_return asking->fail(wrong);
    want(name, packed);

    store::join operation;
    operation.members.push_back({name, packed});
    operation.update_only = !is_missing(name);
    auto const updated = co_await session_.call(std::move(operation), asking, persistence::bounded);
    if (updated.ec)
    {
        asking->fail(updated.ec);
        if (updated.maybe_before || updated.ec == errc::outcome_unknown || updated.ec == errc::closed)
            co_return;
        co_await batch_answered();
        want(name, before);
        co_return co_await give_back(name, before);
    }
    report(updated.value.event);
    asking->succeed(updated.value.matched > 0 || is_missing(name));  // (it may be another session than the one that was asked for)
}

bool member_table::is_missing(std::string const& name) const
{
    return missing_from_ && (from_the_start_ || name >= *missing_from_);
}

task<error_code> member_table::leave_unknown(std::string group, store::caller who, std::vector<std::string> names)
{
    store::leave operation;
    operation.who = who;
    for (auto& name : names)
        if (!wanted_.contains(name) && !turns_.is_busy(name))  // (whoever leaves wants to hear that he was there)
            operation.names.push_back(std::move(name));
    if (operation.names.empty())
        co_return error_code{};
    auto const left = co_await submit(hub_, group, std::move(operation));
    report(left.value.event);
    co_return left.ec;
}

void member_table::begin_restoring(store::session_id const& session)
{
    if (std::exchange(session_of_all_, session) != session)
        missing_from_.reset();
    restore_again();
}

// Those who are missing for longer come first: so all have their turn, however often the connection breaks.
void member_table::restore_again()
{
    from_the_start_ = missing_from_.has_value();
    if (!missing_from_)
        missing_from_ = "";
}

task<> member_table::batch_answered()
{
    while (batch_under_way_)
        co_await answered_.wait();
}

task<error_code> member_table::restore(std::string const& group, store::caller who, core::local_time until)
{
    constexpr std::size_t batch = 1000;
    constexpr std::size_t batch_bytes = 4 * 1024 * 1024;

    while (missing_from_ && hub_.now() < until)
    {
        store::join operation;
        operation.who = who;
        auto next = wanted_.lower_bound(*missing_from_);
        for (std::size_t bytes = 0; next != wanted_.end() && operation.members.size() < batch && bytes < batch_bytes; ++next)
        {
            operation.members.push_back({next->first, next->second});
            bytes += next->second.size();
        }
        auto rest = next == wanted_.end() ? std::nullopt : std::optional{next->first};
        if (!operation.members.empty())
        {
            batch_under_way_ = true;
            auto const joined = co_await submit(hub_, group, std::move(operation));
            batch_under_way_ = false;
            answered_.notify();
            co_await asio::post(hub_.strand(), asio::use_awaitable_t<executor>{});  // behind those who waited for it
            if (joined.ec)
            {
                hub_.log(log_level::warning, "group {}: members could not be joined again: {}", group, joined.ec.message());
                co_return session::is_worth_retrying(joined.ec) ? joined.ec : error_code{};
            }
            report(joined.value.event);
        }
        if (!missing_from_)
            break;  // closed meanwhile
        if (!rest && std::exchange(from_the_start_, false))
            rest = "";
        missing_from_ = std::move(rest);
    }
    co_return error_code{};
}

}  // namespace coterie::session
