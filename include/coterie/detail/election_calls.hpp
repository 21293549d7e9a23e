// What group_connector's operations on roles call, with erased handlers and owned arguments.
#ifndef COTERIE_DETAIL_ELECTION_CALLS_HPP
#define COTERIE_DETAIL_ELECTION_CALLS_HPP

#include <coterie/detail/connector_calls.hpp>
#include <coterie/election.hpp>

namespace coterie::detail {

struct owned_campaign_options
{
    std::chrono::milliseconds wait{};
    std::string member;
    std::uint32_t min_replicas = 0;
};

owned_campaign_options owned(campaign_options const&);

void campaign(connector_ptr, std::string role, std::string value, owned_campaign_options, handler<leadership>);
void leader(connector_ptr, std::string role, handler<std::optional<leader_info>>);
void watch_leader(connector_ptr, std::string role, handler<leader_events>);

}  // namespace coterie::detail

#endif
