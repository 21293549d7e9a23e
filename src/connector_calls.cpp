// The operations of group_connector: checks first, then onto the strand, then to the part that does it.
#include <coterie/detail/connector_calls.hpp>

#include "calls.hpp"
#include "core/limits.hpp"
#include "core/role.hpp"

#include <algorithm>
#include <chrono>

namespace coterie::detail {
namespace {

using namespace std::chrono_literals;

// So that everybody who holds one can be looked at in one step.
constexpr std::uint32_t most_permits = 1'000'000;

constexpr auto longest_term = std::chrono::milliseconds{7 * 24h};

constexpr store::lock_mode to_store(lock_mode mode)
{
    return mode == lock_mode::exclusive ? store::lock_mode::exclusive
           : mode == lock_mode::shared  ? store::lock_mode::shared
                                        : store::lock_mode::permit;
}

constexpr lock_mode from_store(store::lock_mode mode)
{
    return mode == store::lock_mode::exclusive ? lock_mode::exclusive
           : mode == store::lock_mode::shared  ? lock_mode::shared
                                               : lock_mode::permit;
}

error_code check_term(std::chrono::milliseconds term)
{
    return term >= 1ms && term <= longest_term ? error_code{} : error_code{errc::bad_argument};
}

// Sorted, so that those who want the same locks stand in one line.
session::wish_ptr wish_for(std::vector<std::string> names, std::string member, owned_lock_options const& options)
{
    std::ranges::sort(names);
    auto const wish = std::make_shared<session::lock_wish>();
    wish->names = std::move(names);
    wish->owner = std::move(member);
    wish->mode = to_store(options.mode);
    wish->limit = options.limit;
    wish->term = options.lease.value_or(0ms);
    wish->min_replicas = options.min_replicas;
    return wish;
}

error_code check(session::lock_wish const& wish, owned_lock_options const& options)
{
    auto const& names = wish.names;
    error_code const bad = errc::bad_argument;
    for (auto const& name : names)
        if (auto const ec = core::check_name(name))
            return ec;
    return first_of(
        {core::check_name(wish.owner), options.lease ? check_term(*options.lease) : error_code{},
         names.empty() || names.size() > store::acquire::most || std::ranges::adjacent_find(names) != names.end() ? bad : error_code{},
         options.wait < 0ms ? bad : error_code{}, (options.mode == lock_mode::permit) != (options.limit != 0) ? bad : error_code{}});
}

}  // namespace

owned_join_options owned(join_options const& options)
{
    return {{options.tags.begin(), options.tags.end()}};
}

owned_lock_options owned(lock_options const& options)
{
    return {options.wait, std::string{options.member}, options.reentrant, options.lease, options.mode, 0, options.min_replicas};
}

owned_lock_options owned(permit_options const& options)
{
    auto const limit = std::min(options.limit, most_permits + 1);  // 0 and too many are no permits: refused
    return {
        options.wait, std::string{options.member}, false, options.lease, limit > most_permits ? lock_mode::exclusive : lock_mode::permit,
        limit,        options.min_replicas};
}

void join(connector_ptr connector, std::string name, std::string value, owned_join_options options, handler<> handler)
{
    core::member_value whole{std::move(options.tags), std::move(value)};
    auto const wrong = first_of({core::check_name(name), core::check_value(core::pack(whole)),
                                 whole.tags.size() > core::max_tags ? errc::bad_argument : error_code{}});
    start_in_session<>(std::move(connector), std::move(handler), wrong,
                       [name, whole](session::connector& self, auto asking) { return self.members().join(name, whole, asking); });
}

void leave(connector_ptr connector, std::string name, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), core::check_name(name),
                [name](session::connector& self, auto asking) { return self.members().leave(name, asking); });
}

void update(connector_ptr connector, std::string name, std::string value, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), first_of({core::check_name(name), core::check_value(value)}),
                [name, value](session::connector& self, auto asking) { return self.members().update(name, value, asking); });
}

void members(connector_ptr connector, handler<std::vector<member>> handler)
{
    start<std::vector<member>>(std::move(connector), std::move(handler), {}, [](session::connector& self, auto asking) -> task<> {
        auto const read = co_await self.watch().read(asking);
        std::vector<member> result;
        result.reserve(read.value.size());
        read.value.for_each([&](core::record const& each) {
            if (!core::is_role(each.name))
                result.push_back(session::to_member(self.group(), each));
        });
        asking->answer(read.ec, std::move(result));
    });
}

void watch(connector_ptr connector, watch_options options, handler<member_events> handler)
{
    start_in_session<member_events>(std::move(connector), std::move(handler), options.buffer == 0 ? errc::bad_argument : error_code{},
                                    [options](session::connector& self, auto asking) -> task<> {
                                        auto opened = co_await self.watch().open({}, options, asking);
                                        asking->answer(opened.ec, member_events{std::move(opened.value)});
                                    });
}

void try_lock(connector_ptr connector, std::string name, owned_lock_options options, handler<std::optional<lock>> handler)
{
    auto const member = or_default(std::move(options.member), *connector);
    auto const wanted = wish_for({name}, member, options);
    auto const wrong = check(*wanted, options);
    session::lock_table::manner const how{.reentrant = options.reentrant, .wait = 0ms};
    start_in_session<std::optional<lock>>(
        std::move(connector), std::move(handler), wrong,
        [wanted, how](session::connector& self, auto asking) -> task<> { asking->succeed(co_await acquire(self, wanted, how, asking)); });
}

void take_lock(connector_ptr connector, std::vector<std::string> names, owned_lock_options options, handler<lock> handler)
{
    auto const wanted = wish_for(std::move(names), or_default(std::move(options.member), *connector), options);
    auto const wrong = check(*wanted, options);
    session::lock_table::manner const how{.reentrant = options.reentrant, .wait = options.wait};
    start_in_session<lock>(std::move(connector), std::move(handler), wrong, [wanted, how](session::connector& self, auto asking) -> task<> {
        auto taken = co_await acquire(self, wanted, how, asking);
        if (taken)
            asking->succeed(std::move(*taken));
        else
            asking->fail(errc::timed_out);
    });
}

void release(connector_ptr connector, std::string member, std::string lock_name, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), first_of({core::check_name(member), core::check_name(lock_name)}),
                [member, lock_name](session::connector& self, auto asking) -> task<> {
                    bool any = false;
                    while (auto const held = self.locks().find(lock_name, member))
                    {
                        auto const released = co_await self.locks().release(held, true, asking);
                        if (released.ec)
                            co_return asking->answer(released.ec, released.value);
                        any = any || released.value;
                    }
                    asking->succeed(any);
                });
}

void inspect(connector_ptr connector, std::string name, handler<std::optional<lock_info>> handler)
{
    start<std::optional<lock_info>>(
        std::move(connector), std::move(handler), core::check_name(name), [name](session::connector& self, auto asking) -> task<> {
            store::inspect operation;
            operation.name = name;
            auto const seen = co_await self.lease_session().call(operation, asking, session::persistence::bounded);
            if (seen.ec || (seen.value.holders.empty() && seen.value.waiters.empty()))
                co_return asking->answer(seen.ec, std::nullopt);
            lock_info info;
            for (auto const& [held, deadline] : seen.value.holders)
                info.holders.push_back(
                    {held.owner, held.session, from_store(held.mode), held.fence, deadline - seen.value.now, held.fixed});
            for (auto const& [wanted, since] : seen.value.waiters)
                info.waiters.push_back({wanted.owner, wanted.session, from_store(wanted.mode), seen.value.now - since});
            if (!info.holders.empty())
                static_cast<lock_holder&>(info) = info.holders.front();
            if (auto const mine = self.locks().find(name, info.member))
                info.holds = mine->holds;
            asking->succeed(std::move(info));
        });
}

void force_release(connector_ptr connector, std::string name, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), core::check_name(name), [name](session::connector& self, auto asking) -> task<> {
        // Whoever holds it when we look is the one who loses it; if it went on to somebody else meanwhile, look again.
        for (;;)
        {
            bool any = false;
            store::inspect look;
            look.name = name;
            auto const seen = co_await self.lease_session().call(look, asking, session::persistence::bounded);
            if (seen.ec || seen.value.holders.empty())
                co_return asking->answer(seen.ec, false);
            for (auto const& holder : seen.value.holders)
            {
                store::force operation;
                operation.held = holder.what;
                auto const forced = co_await self.lease_session().call(operation, asking, session::persistence::bounded);
                if (forced.ec)
                    co_return asking->answer(forced.ec, false);
                any = any || forced.value.released || forced.maybe_before;
            }
            if (any)
                co_return asking->succeed(true);
        }
    });
}

void put(connector_ptr connector, std::string path, std::string value, put_options options, handler<> handler)
{
    auto const life = options.lifetime;
    bool const has_term = life.kind == lifetime::kind_type::term;
    auto const wrong = first_of({core::check_name(path), core::check_value(value), has_term ? check_term(life.term) : error_code{}});
    auto const body = [path, value, life](session::connector& self, auto asking) { return self.data().put(path, value, life, asking); };
    if (life.kind == lifetime::kind_type::ephemeral)
        start_in_session<>(std::move(connector), std::move(handler), wrong, body);
    else
        start<>(std::move(connector), std::move(handler), wrong, body);
}

void get(connector_ptr connector, std::string path, handler<std::optional<std::string>> handler)
{
    start<std::optional<std::string>>(std::move(connector), std::move(handler), core::check_name(path),
                                      [path](session::connector& self, auto asking) { return self.data().get(path, asking); });
}

void erase(connector_ptr connector, std::string path, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), core::check_name(path),
                [path](session::connector& self, auto asking) { return self.data().erase(path, asking); });
}

void list(connector_ptr connector, std::string pattern, handler<std::vector<std::string>> handler)
{
    start<std::vector<std::string>>(std::move(connector), std::move(handler), core::check_name(pattern),
                                    [pattern](session::connector& self, auto asking) { return self.data().list(pattern, asking); });
}

void close(connector_ptr connector, handler<> handler)
{
    auto const& hub = connector->shared();
    auto const asking = session::caller<>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [connector, asking] { return connector->close(asking); });
}

}  // namespace coterie::detail
