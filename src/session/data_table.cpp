#include "data_table.hpp"

#include <algorithm>

namespace coterie::session {
namespace {

store::lifetime kind_of(lifetime life)
{
    switch (life.kind)
    {
    case lifetime::kind_type::persistent: return store::lifetime::persistent;
    case lifetime::kind_type::term: return store::lifetime::term;
    default: return store::lifetime::ephemeral;
    }
}

}  // namespace

task<> data_table::put(std::string path, std::string value, lifetime life, std::shared_ptr<caller<>> asking)
{
    auto const turn = co_await turns_.enter(path, asking->deadline);
    if (!turn)
        co_return asking->fail(errc::not_connected);

    store::put operation;
    operation.who = session_.who();
    operation.path = path;
    operation.value = value;
    operation.life = kind_of(life);
    operation.term = life.term;
    bool const of_session = operation.life == store::lifetime::ephemeral;
    auto before = of_session ? remembered::node_type{} : forget(path);
    auto const session = session_of_all_;
    auto const stored = co_await session_.call(std::move(operation), asking, persistence::bounded, !of_session);
    if (stored.ec && !stored.maybe_before)
        remember(std::move(before), session);
    else if (!stored.ec && of_session)
    {
        ephemeral_[path] = std::move(value);
        missing_.erase(path);
    }
    asking->answer(stored.ec);
}

task<> data_table::get(std::string path, std::shared_ptr<caller<std::optional<std::string>>> asking)
{
    store::get operation;
    operation.path = std::move(path);
    auto got = co_await session_.call(std::move(operation), asking, persistence::bounded);
    asking->answer(got.ec, std::move(got.value.value));
}

task<> data_table::erase(std::string path, std::shared_ptr<caller<bool>> asking)
{
    auto const turn = co_await turns_.enter(path, asking->deadline);
    if (!turn)
        co_return asking->fail(errc::not_connected);

    auto before = forget(path);
    auto const session = session_of_all_;
    store::erase operation;
    operation.path = path;
    operation.session = session_.who().session;
    auto const erased = co_await session_.call(std::move(operation), asking, persistence::bounded);
    if (erased.ec && !erased.maybe_before)
        remember(std::move(before), session);
    if (!erased.ec && !erased.value.erased && erased.maybe_before)
        co_return asking->fail(errc::outcome_unknown);  // gone now, but was it there?
    asking->answer(erased.ec, erased.value.erased);
}

task<> data_table::list(std::string pattern, std::shared_ptr<caller<std::vector<std::string>>> asking)
{
    std::vector<std::string> paths;
    std::string cursor;
    do
    {
        store::list operation;
        operation.pattern = pattern;
        operation.cursor = cursor;
        auto page = co_await session_.call(std::move(operation), asking, persistence::bounded);
        if (page.ec)
            co_return asking->fail(page.ec);
        cursor = page.value.cursor;
        std::move(page.value.paths.begin(), page.value.paths.end(), std::back_inserter(paths));
    } while (!cursor.empty());

    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    asking->succeed(std::move(paths));
}

// What is about to be replaced or erased: before, so that a new session does not put it again behind our back.
data_table::remembered::node_type data_table::forget(std::string const& path)
{
    return ephemeral_.extract(path);
}

// It was not replaced. A session that began meanwhile lacks it.
void data_table::remember(remembered::node_type what, store::session_id const& forgotten_under)
{
    if (!what)
        return;
    if (session_of_all_ != forgotten_under)
        missing_.insert(what.key());
    ephemeral_.insert(std::move(what));
}

void data_table::begin_restoring(store::session_id const& session)
{
    if (std::exchange(session_of_all_, session) == session)
        return;
    missing_.clear();
    for (auto const& [path, value] : ephemeral_)
        missing_.insert(path);
}

task<error_code> data_table::restore(std::string const& group, store::caller who, core::local_time until)
{
    auto const all = missing_;
    for (auto const& path : all)
    {
        if (hub_.now() >= until)
            break;
        if (!missing_.contains(path) || turns_.is_busy(path))
            continue;  // replaced or erased, or about to be
        auto const turn = co_await turns_.enter(path);
        auto const known = ephemeral_.find(path);
        if (known == ephemeral_.end())
            continue;
        store::put operation;
        operation.who = who;
        operation.path = path;
        operation.value = known->second;
        operation.if_absent = true;
        auto const stored = co_await submit(hub_, group, std::move(operation));
        if (session::is_worth_retrying(stored.ec))
            co_return stored.ec;
        if (stored.ec)
        {
            hub_.log(log_level::warning, "group {}: data could not be put again: {}", group, stored.ec.message());
            co_return error_code{};
        }
        missing_.erase(path);
        if (!stored.value.stored)
            ephemeral_.erase(path);
    }
    co_return error_code{};
}

}  // namespace coterie::session
