// A member's tags and value, packed into the one value the store keeps: `<count>` `,` then each tag as `<length>:<bytes>`, then the value.
#ifndef COTERIE_SRC_CORE_MEMBER_VALUE_HPP
#define COTERIE_SRC_CORE_MEMBER_VALUE_HPP

#include <string>
#include <string_view>
#include <vector>

namespace coterie::core {

struct member_value
{
    std::vector<std::string> tags;
    std::string value;

    bool operator==(member_value const&) const = default;
};

std::string pack(member_value const&);

// A value that was not packed by us (another program wrote it) is taken as it is, without tags.
member_value unpack(std::string_view);

}  // namespace coterie::core

#endif
