// Names of the keys of one address: docs/protocol.md, "Keys of a group", "Presence", "Memo".
#ifndef COTERIE_SRC_STORE_REDIS_KEYS_HPP
#define COTERIE_SRC_STORE_REDIS_KEYS_HPP

#include "../store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace coterie::redis {

class keys
{
public:
    explicit keys(std::string_view address);

    // What has one name: leases, members, locks, queue, places, shares, data, keep, fence, events, last, epoch of a group, say.
    std::string of(std::string_view name) const { return with(name, {}); }

    std::string session(std::string_view sid) const { return with("s:", sid); }
    std::string held(std::string_view sid) const { return with("held:", sid); }
    std::string events() const { return with("ev", {}); }
    std::string party(std::string_view name) const { return with("party:", name); }
    std::string grants(std::string_view sid) const { return with("s:", sid); }
    std::string const& prefix() const { return prefix_; }

private:
    std::string with(std::string_view name, std::string_view rest) const;

    std::string prefix_;
};

std::string channel_of(store::topic const&);

// What is told in this channel; nothing if it is another's.
std::optional<store::topic> topic_of(std::string_view channel);

}  // namespace coterie::redis

#endif
