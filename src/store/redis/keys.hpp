// Names of the keys of one group: docs/protocol.md, "Keys of a group".
#ifndef COTERIE_SRC_STORE_REDIS_KEYS_HPP
#define COTERIE_SRC_STORE_REDIS_KEYS_HPP

#include <optional>
#include <string>
#include <string_view>

namespace coterie::redis {

class keys
{
public:
    explicit keys(std::string_view group);

    // A container of the group: leases, members, locks, data, keep, fence, events, last, epoch.
    std::string of(std::string_view name) const { return with(name, {}); }

    std::string session(std::string_view sid) const { return with("s:", sid); }
    std::string held(std::string_view sid) const { return with("held:", sid); }
    std::string channel() const { return with("ev", {}); }

private:
    std::string with(std::string_view name, std::string_view rest) const;

    std::string prefix_;
};

// The group whose channel this is; nothing if it is another's.
std::optional<std::string> group_of_channel(std::string_view channel);

}  // namespace coterie::redis

#endif
