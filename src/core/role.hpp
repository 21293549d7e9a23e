// Roles, as the store keeps them: a lock with a name no user can give, and while somebody leads, a member of that name.
#ifndef COTERIE_SRC_CORE_ROLE_HPP
#define COTERIE_SRC_CORE_ROLE_HPP

#include "roster.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coterie::core {

constexpr char role_mark = '\1';

inline bool is_role(std::string_view name)
{
    return name.starts_with(role_mark);
}

inline std::string name_of_role(std::string_view role)
{
    return std::string{role_mark}.append(role);
}

// The value of such a member.
struct leader_value
{
    std::uint64_t term = 0;  // his fence
    std::string member;
    std::string value;

    bool operator==(leader_value const&) const = default;
};

std::string pack(leader_value const&);

// Nothing if it was not packed by us.
std::optional<leader_value> unpack_leader(std::string_view);

// What a step means to somebody who watches one role (by its name as a member), or with an empty name: the members.
delta of_interest(delta step, std::string_view role);

}  // namespace coterie::core

#endif
