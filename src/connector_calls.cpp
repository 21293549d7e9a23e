// The operations of group_connector: checks first, then onto the strand, then to the part that does it.
#include <coterie/detail/connector_calls.hpp>

#include "core/limits.hpp"
#include "session/connector.hpp"

#include <algorithm>
#include <chrono>

namespace coterie::detail {
namespace {

using session::task;
using namespace std::chrono_literals;

constexpr auto longest_term = std::chrono::milliseconds{7 * 24h};

error_code first_of(std::initializer_list<error_code> codes)
{
    auto const found = std::find_if(codes.begin(), codes.end(), [](error_code ec) { return ec.failed(); });
    return found == codes.end() ? error_code{} : *found;
}

error_code check_term(std::chrono::milliseconds term)
{
    return term >= 1ms && term <= longest_term ? error_code{} : error_code{errc::bad_argument};
}

error_code check_wish(std::string const& name, std::string const& member, std::optional<std::chrono::milliseconds> lease)
{
    return first_of({core::check_name(name), core::check_name(member), lease ? check_term(*lease) : error_code{}});
}

// Starts an operation whose arguments were found `wrong` or good. `body` gets the connector and the caller.
template <class... Values, class Body>
void start(connector_ptr connector, handler<Values...> handler, error_code wrong, Body body)
{
    auto const& hub = connector->shared();
    auto const asking = session::caller<Values...>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [connector, asking, wrong, body = std::move(body)]() mutable -> task<> {
        if (wrong || connector->closing())
            co_return asking->fail(wrong ? wrong : errc::closed);
        connector->register_caller(asking);
        co_await body(*connector, asking);
    });
}

// The same for what needs a session.
template <class... Values, class Body>
void start_in_session(connector_ptr connector, handler<Values...> handler, error_code wrong, Body body)
{
    start<Values...>(std::move(connector), std::move(handler), wrong,
                     [body = std::move(body)](session::connector& self, auto const& asking) mutable {
                         self.need_session();
                         return body(self, asking);
                     });
}

// Empty: not to be had in time.
task<std::optional<lock>> acquire(session::connector& self, session::lock_wish wanted, session::lock_table::manner how,
                                  std::shared_ptr<session::caller_base> asking)
{
    auto const acquired = co_await self.locks().acquire(std::move(wanted), how, asking);
    if (acquired.ec)
        asking->fail(acquired.ec);
    if (!acquired.value)
        co_return std::nullopt;
    auto const hold = std::make_shared<session::hold>();
    hold->owner = self.shared_from_this();
    hold->lock = acquired.value;
    co_return lock{hold};
}

std::string or_default(std::string member, session::connector const& connector)
{
    return member.empty() ? connector.config().member : std::move(member);
}

}  // namespace

owned_join_options owned(join_options const& options)
{
    return {{options.tags.begin(), options.tags.end()}};
}

owned_lock_options owned(lock_options const& options)
{
    return {options.wait, std::string{options.member}, options.reentrant, options.lease};
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
        read.value.for_each([&](core::record const& each) { result.push_back(session::to_member(self.group(), each)); });
        asking->answer(read.ec, std::move(result));
    });
}

void watch(connector_ptr connector, watch_options options, handler<member_events> handler)
{
    start_in_session<member_events>(std::move(connector), std::move(handler), options.buffer == 0 ? errc::bad_argument : error_code{},
                                    [options](session::connector& self, auto asking) -> task<> {
                                        auto opened = co_await self.watch().open(options, asking);
                                        asking->answer(opened.ec, member_events{std::move(opened.value)});
                                    });
}

void try_lock(connector_ptr connector, std::string name, owned_lock_options options, handler<std::optional<lock>> handler)
{
    auto const member = or_default(std::move(options.member), *connector);
    auto const wrong = check_wish(name, member, options.lease);
    session::lock_wish const wanted{.names = {name}, .owner = member, .term = options.lease.value_or(0ms)};
    session::lock_table::manner const how{.reentrant = options.reentrant, .wait = 0ms};
    start_in_session<std::optional<lock>>(
        std::move(connector), std::move(handler), wrong,
        [wanted, how](session::connector& self, auto asking) -> task<> { asking->succeed(co_await acquire(self, wanted, how, asking)); });
}

void take_lock(connector_ptr connector, std::string name, owned_lock_options options, handler<lock> handler)
{
    auto const member = or_default(std::move(options.member), *connector);
    auto const wrong = first_of(
        {check_wish(name, member, options.lease), options.wait >= 0ms ? error_code{} : error_code{errc::bad_argument}});
    session::lock_wish const wanted{.names = {name}, .owner = member, .term = options.lease.value_or(0ms)};
    session::lock_table::manner const how{.reentrant = options.reentrant, .wait = options.wait};
    start_in_session<lock>(std::move(connector), std::move(handler), wrong,
                           [wanted, how](session::connector& self, auto asking) -> task<> {
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
            if (seen.ec || seen.value.holders.empty())
                co_return asking->answer(seen.ec, std::nullopt);
            auto const& [holder, deadline] = seen.value.holders.front();
            asking->succeed(lock_info{holder.owner, holder.session, holder.fence, deadline - seen.value.now, holder.fixed});
        });
}

void force_release(connector_ptr connector, std::string name, handler<bool> handler)
{
    start<bool>(std::move(connector), std::move(handler), core::check_name(name), [name](session::connector& self, auto asking) -> task<> {
        // Whoever holds it when we look is the one who loses it; if it went on to somebody else meanwhile, look again.
        for (;;)
        {
            store::inspect look;
            look.name = name;
            auto const seen = co_await self.lease_session().call(look, asking, session::persistence::bounded);
            if (seen.ec || seen.value.holders.empty())
                co_return asking->answer(seen.ec, false);
            store::force operation;
            operation.held = seen.value.holders.front().what;
            auto const forced = co_await self.lease_session().call(operation, asking, session::persistence::bounded);
            if (forced.ec || forced.value.released || forced.maybe_before)
                co_return asking->answer(forced.ec, !forced.ec);
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
