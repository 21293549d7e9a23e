#include "group_state.hpp"

#include "../../core/role.hpp"

#include <coterie/error.hpp>

namespace coterie::store::memory {
namespace {

std::string value_of(acquire const& wish, std::uint64_t fence)
{
    return core::pack(core::leader_value{fence, wish.owner, wish.value});
}

}  // namespace

void group_state::announce(place_id const& place, place_record const& what)
{
    auto const& role = what.wish.names.front();
    auto const value = value_of(what.wish, what.number);
    members_[{role, place.first}] = {now_, value};
    roles_.push_back({core::change_kind::joined, {role, place.first, now_, value}});
}

void group_state::renounce(std::string const& role, session_id const& session)
{
    if (members_.erase({role, session}) != 0)
        roles_.push_back({core::change_kind::left, {role, session, {}, {}}});
}

outcome group_state::apply(proclaim const& what)
{
    if (auto const error = refuse(what.who))
        return {error};
    auto const& role = what.held.names.front();
    auto const member = members_.find({role, what.held.session});
    if (!stands(what.held) || member == members_.end())
        return {{}, proclaim::reply{false}};
    auto& place = places_.at({what.held.session, what.held.place});
    if (place.wish.value == what.value)
        return {{}, proclaim::reply{true}};
    place.wish.value = what.value;
    member->second.value = value_of(place.wish, place.number);
    roles_.push_back({core::change_kind::updated, {role, what.held.session, member->second.joined_at, member->second.value}});
    return {{}, proclaim::reply{true}};
}

outcome group_state::apply(leader const& what)
{
    leader::reply answer{.now = now_, .elected = {}, .deadline = {}};
    auto const known = locks_.find(what.role);
    if (known == locks_.end() || known->second.held != lock_record::kind::place)
        return {{}, std::move(answer)};
    auto const& session = known->second.place.first;
    auto const deadline = alive_until(session);
    auto const member = members_.find({what.role, session});
    if (deadline && member != members_.end())
    {
        answer.deadline = *deadline;
        answer.elected = core::record{what.role, session, member->second.joined_at, member->second.value};
    }
    return {{}, std::move(answer)};
}

}  // namespace coterie::store::memory
