#include "stream.hpp"

#include "../core/member_value.hpp"

#include <utility>

namespace coterie::session {

member to_member(std::string const& group, core::record const& record)
{
    auto unpacked = core::unpack(record.value);
    return {group, record.name, std::move(unpacked.value), std::move(unpacked.tags), record.joined_at};
}

void tell(std::string const& group, core::delta const& step, member_change& to)
{
    to.revision = step.at;
    to.resynced = step.resynced;
    for (auto const& each : step.changes)
    {
        auto& names = each.kind == core::change_kind::joined ? to.joined : each.kind == core::change_kind::left ? to.left : to.updated;
        names.push_back(each.member.name);
        if (each.kind != core::change_kind::left)
            to.records.push_back(to_member(group, each.member));
    }
}

void tell(std::string const&, core::delta const& step, leader_change& to)
{
    to.revision = step.at;
    for (auto const& each : step.changes)
        if (each.kind != core::change_kind::left)
            to.leader = to_leader(each.member);
}

std::optional<leader_info> to_leader(core::record const& record)
{
    auto unpacked = core::unpack_leader(record.value);
    if (!unpacked)
        return std::nullopt;
    return leader_info{std::move(unpacked->member), record.session, std::move(unpacked->value), unpacked->term, record.joined_at};
}

std::optional<core::delta> stream::take()
{
    if (first_)
        return std::exchange(first_, std::nullopt);
    if (!pending_.empty())
        return pending_.pop();
    return std::nullopt;
}

}  // namespace coterie::session
