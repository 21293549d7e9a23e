// Whether the store and a lock table still agree, after the session was resumed or made anew.
#include "lock_table.hpp"

#include <algorithm>

namespace coterie::session {

task<error_code> lock_table::verify(store::caller who)
{
    for (auto const& [place, line] : standing_)
        line->on_resumed();
    if (auto const failed = co_await confirm(who))
        co_return failed;
    std::vector<claim_ptr> const all{claims_.begin(), claims_.end()};
    co_return co_await verify(who, all);
}

// Claims of an earlier session under a lease that is not over: the store has lost its data. A place for each, under the old fences.
task<error_code> lock_table::confirm(store::caller who)
{
    constexpr std::size_t at_once = 256;

    std::vector<std::pair<claim_ptr, std::shared_ptr<slip>>> asked;
    error_code failed;
    for (auto const& claim : claim_set{claims_})
    {
        bool const known = claim->what.session == who.session && !claim->unconfirmed;
        if (known || claim->what.fixed || !claims_.contains(claim))  // (it may have been given back meanwhile)
            continue;
        if (claim->what.session != who.session)
        {
            claim->what.session = who.session;
            claim->what.place = ++last_place_;
            claim->unconfirmed = true;
        }
        auto const& wish = *claim->line->wish();
        store::acquire operation;
        operation.who = who;
        operation.place = claim->what.place;
        operation.names = wish.names;
        operation.owner = wish.owner;
        operation.value = claim->value;
        operation.mode = wish.mode;
        operation.limit = wish.limit;
        operation.confirmed = claim->what.fence;
        operation.fences = static_cast<std::uint32_t>(claim->fences_end - claim->what.fence);
        asked.emplace_back(claim, send(hub_, group_, std::move(operation)));
        if (asked.size() == at_once)
            failed = co_await hear(std::exchange(asked, {}));
        if (failed)
            co_return failed;
    }
    co_return co_await hear(std::move(asked));
}

// What became of confirmations. An error: of one of them.
task<error_code> lock_table::hear(std::vector<std::pair<claim_ptr, std::shared_ptr<slip>>> asked)
{
    error_code failed;
    for (auto const& [claim, sent] : asked)
    {
        auto const [ec, reply] = co_await answer_of(sent);
        if (ec)
        {
            failed = ec;
            continue;
        }
        claim->unconfirmed = false;
        if (!std::get<store::acquire::reply>(reply).granted && forget(claim))
        {
            lose(claim);
            claim->line->on_returned();
        }
    }
    co_return failed;
}

task<error_code> lock_table::give_back_unknown(store::caller who, std::vector<store::claim> const& locks,
                                               std::vector<std::uint64_t> const& places)
{
    std::set<std::uint64_t> known;
    for (auto const& [place, line] : standing_)
        known.insert(place);
    for (auto const* some : {&claims_, &returning_})  // (whoever gives one back wants to hear that it was still his)
        for (auto const& claim : *some)
            if (claim->what.session == who.session)
                known.insert(claim->what.place);
    std::vector<store::claim> unknown;
    for (auto const& lock : locks)
    {
        auto const is_it = [&](claim_ptr const& claim) { return claim->what == lock; };
        auto const [begin, end] = by_name_.equal_range(lock.names.front());
        bool const held = std::any_of(begin, end, [&](auto const& entry) { return is_it(entry.second); });
        if (!held && std::ranges::none_of(returning_, is_it))
            unknown.push_back(lock);
    }
    for (auto const place : places)
        if (!known.contains(place))
            unknown.push_back({{}, {}, who.session, 0, place});
    for (auto const& claim : unknown)
        if (auto const failed = co_await returns_.give_back_once(claim))
            co_return failed;
    co_return error_code{};
}

task<> lock_table::verify_inherited(store::caller who)
{
    std::vector<claim_ptr> inherited;
    for (auto const& claim : claims_)
        if (claim->what.session != who.session)
            inherited.push_back(claim);
    co_await verify(who, inherited);
}

task<error_code> lock_table::verify(store::caller who, std::vector<claim_ptr> const& some)
{
    constexpr std::size_t batch = 1000;

    for (std::size_t begin = 0; begin < some.size(); begin += batch)
    {
        auto const end = std::min(begin + batch, some.size());
        store::verify operation;
        operation.who = who;
        for (auto i = begin; i < end; ++i)
            operation.claims.push_back(some[i]->what);
        auto const verified = co_await submit(hub_, group_, std::move(operation));
        if (verified.ec)
            co_return verified.ec;
        for (auto i = begin; i < end; ++i)
            if (!verified.value.held[i - begin] && forget(some[i]))
            {
                lose(some[i]);
                some[i]->line->on_returned();
            }
    }
    co_return error_code{};
}

}  // namespace coterie::session
