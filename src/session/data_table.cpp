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
    if (operation.life == store::lifetime::ephemeral)
    {
        auto const stored = co_await session_.call(std::move(operation), asking, persistence::settled);
        if (!stored.ec)
            ephemeral_[path] = std::move(value);
        co_return asking->answer(stored.ec);
    }
    auto mine = ephemeral_.extract(path);  // first here, so that a new session does not put it again behind our back
    auto const stored = co_await session_.call(std::move(operation), asking, persistence::bounded, true);
    if (stored.ec && !stored.maybe_before)
        ephemeral_.insert(std::move(mine));
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

    auto mine = ephemeral_.extract(path);  // first here, as above
    store::erase operation;
    operation.path = path;
    operation.session = session_.who().session;
    auto const erased = co_await session_.call(std::move(operation), asking, persistence::bounded);
    if (erased.ec && !erased.maybe_before)
        ephemeral_.insert(std::move(mine));
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

task<error_code> data_table::restore(std::string const& group, store::caller who)
{
    if (restored_for_ == who.session)
        co_return error_code{};
    auto const all = ephemeral_;
    for (auto const& [path, value] : all)
    {
        if (!ephemeral_.contains(path))
            continue;  // erased meanwhile
        store::put operation;
        operation.who = who;
        operation.path = path;
        operation.value = value;
        operation.if_absent = true;
        auto const stored = co_await submit(hub_, group, std::move(operation));
        if (stored.ec)
            co_return stored.ec;
        if (!stored.value.stored)
            ephemeral_.erase(path);
    }
    restored_for_ = who.session;
    co_return error_code{};
}

}  // namespace coterie::session
