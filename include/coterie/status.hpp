// How present somebody is.
#ifndef COTERIE_STATUS_HPP
#define COTERIE_STATUS_HPP

#include <string_view>

namespace coterie {

// From the least present to the most: of several sources the most present one counts.
enum class status
{
    unknown,  // never seen, or forgotten
    offline,
    out_of_office,
    away,
    busy,
    online,
};

// "unknown", "offline", "out_of_office", "away", "busy", "online".
std::string_view to_string(status) noexcept;

}  // namespace coterie

#endif
