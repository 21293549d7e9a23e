#include "lock_table.hpp"

#include <coterie/options.hpp>

#include <boost/asio/bind_executor.hpp>

#include <algorithm>

namespace coterie::session {

lock_table::lock_table(hub& shared, session& owner, std::string const& group, std::function<void()> look,
                       std::function<std::shared_ptr<void>()> keep_alive)
    : hub_{shared}
    , session_{owner}
    , group_{group}
    , look_{std::move(look)}
    , keep_alive_{std::move(keep_alive)}
    , returns_{shared, owner}
    , turns_{shared.strand(), shared.time()}
    , something_ended_{shared.strand(), shared.time()}
{
}

// A claim and those who hold by it know each other.
lock_table::~lock_table()
{
    for (auto const& claim : claims_)
        claim->holders.clear();
}

lock_table::held_ptr lock_table::find(std::string_view name, std::string_view owner) const
{
    auto const [begin, end] = by_name_.equal_range(name);
    for (auto each = begin; each != end; ++each)
        if (each->second->what.owner == owner)
            for (auto const& held : each->second->holders)
                if (held->state() != core::lease_state::lost)
                    return held;
    return nullptr;
}

task<outcome<lock_table::held_ptr>> lock_table::acquire(wish_ptr wanted, manner how, std::shared_ptr<caller_base> asking)
{
    outcome<held_ptr> result;
    if (how.reentrant)
        if (auto const held = find(wanted->names.front(), wanted->owner); held && held->claim()->what.names == wanted->names)
        {
            ++held->holds;
            result.value = held;
            co_return result;
        }

    auto const waits = how.wait.count() != 0;
    auto const until = waits && how.wait != forever ? hub_.now() + how.wait : never;
    auto const line = line_of(wanted);
    auto const mine = std::make_shared<lock_request>(asking, waits, how.reentrant, hub_.strand(), hub_.time());
    asking->on_cancelled = [weak = std::weak_ptr{mine}] {
        if (auto const one = weak.lock())
            one->answered.notify();
    };
    line->enter(mine);
    while (mine->wanted() && hub_.now() < mine->patience(until))
        co_await mine->answered.wait(mine->patience(until));
    if (!mine->done)
    {
        mine->answer(mine->why_over(hub_.now() >= until));
        line->look_again();
    }
    result.ec = mine->ec;
    result.value = mine->held;
    if (asking->gone())
        result.ec = asio::error::operation_aborted;
    if (result.value && asking->gone())
        co_await release(std::exchange(result.value, nullptr), false, nullptr);
    co_return result;
}

task<outcome<bool>> lock_table::release(held_ptr held, bool all, std::shared_ptr<caller_base> asking)
{
    outcome<bool> result;
    if (held->state() == core::lease_state::lost)
        co_return result;
    result.value = true;
    held->holds = all ? 0 : held->holds - 1;
    if (held->holds > 0)
        co_return result;

    auto const claim = held->claim();
    held->finish(held_lock::end::released);
    std::erase(claim->holders, held);
    if (!claim->holders.empty() || claim->line->pass_on(claim))
        co_return result;
    forget(claim);
    co_return co_await give_back(claim, asking);
}

task<outcome<bool>> lock_table::proclaim(held_ptr held, std::string value, std::shared_ptr<caller_base> asking)
{
    outcome<bool> result;
    auto const turn = co_await turns_.enter(held->names().front(), asking->deadline);
    if (!turn)
        result.ec = errc::not_connected;
    if (!turn || held->state() == core::lease_state::lost)
        co_return result;
    auto const claim = held->claim();
    store::proclaim operation;
    operation.value = value;
    do
    {
        operation.held = claim->what;
        auto const proclaimed = co_await session_.call(operation, asking, persistence::bounded);
        result.ec = proclaimed.ec;
        result.value = proclaimed.value.held;
    } while (!result.ec && !result.value && claim->what != operation.held);  // confirmed meanwhile, after lost data
    if (result.value)
        claim->value = std::move(value);
    co_return result;
}

task<outcome<bool>> lock_table::give_back(claim_ptr claim, std::shared_ptr<caller_base> asking)
{
    returning_.insert(claim);
    auto result = co_await returns_.give_back(claim->what, asking);
    if (!result.value && claim->what.session != session_.who().session && !claim->what.fixed)  // the store has lost it, its holder had not
        result.value = claim->lease->state(hub_.now()) != core::lease_state::lost;
    returning_.erase(claim);
    something_ended_.notify();
    claim->line->on_returned();
    co_return result;
}

std::shared_ptr<lock_line> lock_table::line_of(wish_ptr const& wish)
{
    auto& line = lines_[wish];
    if (!line)
        line = std::make_shared<lock_line>(wish, hub_, session_, returns_, static_cast<line_owner&>(*this));
    if (closed_)
        line->close();
    return line;
}

void lock_table::on_idle(lock_line const& line)
{
    if (auto const known = lines_.find(line.wish()); known != lines_.end() && known->second.get() == &line)
        lines_.erase(known);
    something_ended_.notify();
}

std::uint64_t lock_table::open_place(lock_line& line)
{
    standing_[++last_place_] = &line;
    return last_place_;
}

// Nobody waits for the answers, or those who came first would ask last.
void lock_table::listen()
{
    auto const session = session_.who().session;
    if (session.empty() || listening_ == session)
        return;
    if (listening_.empty())
        watch({group_}, &lock_table::look);
    else
        hub_.unwatch(this, {group_, listening_});
    listening_ = session;
    watch({group_, session}, &lock_table::on_listening);
}

void lock_table::watch(store::topic const& what, void (lock_table::*then)())
{
    hub_.watch(this, what, asio::bind_executor(hub_.strand(), [this, then, alive = std::weak_ptr{keep_alive_()}](error_code) {
                   if (auto const still_here = alive.lock())
                       (this->*then)();
               }));
}

void lock_table::on_listening()
{
    for (auto const& [place, line] : standing_)
        line->on_listening();
}

void lock_table::on_grant(store::grant const& granted)
{
    if (auto const known = standing_.find(granted.place); known != standing_.end())
        known->second->on_grant(granted);
}

void lock_table::on_link()
{
    for (auto const& [place, line] : standing_)
        line->look_again();
}

void lock_table::add(claim_ptr const& claim)
{
    claim->number = ++claims_made_;
    claims_.insert(claim);
    for (auto const& name : claim->what.names)
        by_name_.emplace(name, claim);
    fence_floor_ = std::max(fence_floor_, claim->fences_end - 1);
    if (claim->what.fixed)
        spawn(hub_.strand(), [this, alive = keep_alive_(), claim] { return watch_term(claim); });
}

bool lock_table::forget(claim_ptr const& claim)
{
    if (claims_.erase(claim) == 0)
        return false;
    for (auto const& name : claim->what.names)
    {
        auto const [begin, end] = by_name_.equal_range(name);
        by_name_.erase(std::find_if(begin, end, [&](auto const& entry) { return entry.second == claim; }));
    }
    return true;
}

void lock_table::lose(claim_ptr const& claim)
{
    for (auto const& held : std::exchange(claim->holders, {}))
    {
        ++hub_.count().lost_locks;
        hub_.log(log_level::warning, "lock {} of {} is lost", held->names().front(), held->owner());
        held->finish(held_lock::end::lost);
    }
}

void lock_table::on_lease_lost(core::lease const& lease)
{
    for (auto const& claim : claim_set{claims_})
        if (claim->lease.get() == &lease)
        {
            lose(claim);
            forget(claim);
            claim->line->on_returned();
        }
}

task<> lock_table::watch_term(claim_ptr claim)
{
    while (claims_.contains(claim) && claim->lease->state(hub_.now()) != core::lease_state::lost)
    {
        if (claim->holders.empty())
            co_return;
        auto const held = claim->holders.front();
        co_await held->ended().wait(claim->lease->deadline());
    }
    if (!claims_.contains(claim))
        co_return;
    lose(claim);
    forget(claim);
    co_await give_back(claim, nullptr);
}

task<> lock_table::close(core::local_time until)
{
    closed_ = true;
    for (auto const& claim : std::exchange(claims_, {}))
    {
        returns_.leave_behind(claim->what);
        for (auto const& held : std::exchange(claim->holders, {}))
            held->finish(held_lock::end::released);
    }
    by_name_.clear();
    for (auto const& [wish, line] : std::map{lines_})
        line->close();
    if (!listening_.empty())
    {
        hub_.unwatch(this, {group_});
        hub_.unwatch(this, {group_, std::exchange(listening_, {})});
    }

    // Whatever was under way ends soon now, and leaves behind what it got.
    auto const busy = [](auto const& entry) { return entry.second->under_way(); };
    while ((!returning_.empty() || std::ranges::any_of(lines_, busy)) && hub_.now() < until)
        co_await something_ended_.wait(until);
    co_await returns_.close(group_, until);
}

}  // namespace coterie::session
