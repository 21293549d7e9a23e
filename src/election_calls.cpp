#include <coterie/detail/election_calls.hpp>

#include "calls.hpp"
#include "core/limits.hpp"
#include "core/role.hpp"

namespace coterie::detail {

owned_campaign_options owned(campaign_options const& options)
{
    return {options.wait, std::string{options.member}, options.min_replicas};
}

void campaign(connector_ptr connector, std::string role, std::string value, owned_campaign_options options, handler<leadership> handler)
{
    auto const wanted = std::make_shared<session::lock_wish>();
    wanted->names = {core::name_of_role(role)};
    wanted->owner = or_default(std::move(options.member), *connector);
    auto const wrong = first_of({core::check_name(role), core::check_name(wanted->owner), core::check_value(value),
                                 options.wait < std::chrono::milliseconds::zero() ? errc::bad_argument : error_code{}});
    wanted->value = std::move(value);
    wanted->min_replicas = options.min_replicas;
    session::lock_table::manner const how{.reentrant = false, .wait = options.wait};
    start_in_session<leadership>(std::move(connector), std::move(handler), wrong,
                                 [wanted, how](session::connector& self, auto asking) -> task<> {
                                     if (auto elected = co_await acquire(self, wanted, how, asking))
                                         asking->succeed(leadership{std::move(*elected)});
                                     else
                                         asking->fail(errc::timed_out);
                                 });
}

void leader(connector_ptr connector, std::string role, handler<std::optional<leader_info>> handler)
{
    start<std::optional<leader_info>>(
        std::move(connector), std::move(handler), core::check_name(role), [role](session::connector& self, auto asking) -> task<> {
            store::leader operation;
            operation.role = core::name_of_role(role);
            auto const found = co_await self.lease_session().call(operation, asking, session::persistence::bounded);
            auto const& elected = found.value.elected;
            asking->answer(found.ec, elected ? session::to_leader(*elected) : std::nullopt);
        });
}

void watch_leader(connector_ptr connector, std::string role, handler<leader_events> handler)
{
    start_in_session<leader_events>(std::move(connector), std::move(handler), core::check_name(role),
                                    [role](session::connector& self, auto asking) -> task<> {
                                        auto opened = co_await self.watch().open(core::name_of_role(role), {}, asking);
                                        asking->answer(opened.ec, leader_events{std::move(opened.value)});
                                    });
}

}  // namespace coterie::detail
