#include <coterie/member.hpp>

#include <algorithm>

namespace coterie {

member const* member_change::find(std::string_view name) const
{
    auto const found = std::find_if(records.begin(), records.end(), [&](member const& each) { return each.name == name; });
    return found == records.end() ? nullptr : &*found;
}

}  // namespace coterie
