// Names of the keys of one address: docs/protocol.md, "Keys of a group", "Presence", "Memo".
#ifndef COTERIE_SRC_STORE_REDIS_KEYS_HPP
#define COTERIE_SRC_STORE_REDIS_KEYS_HPP

#include "../store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace coterie::redis {

// One key, without the prefix.
struct key
{
    std::string_view kind;
    std::string_view rest{};
};

class keys
{
public:
    explicit keys(std::string_view address);

    // What has one name: leases, members, locks, queue, places, shares, data, keep, fence, events, last, beats, epoch of a group, say.
    static key of(std::string_view name) { return {name}; }

    static key session(std::string_view sid) { return {"s:", sid}; }
    static key held(std::string_view sid) { return {"held:", sid}; }
    static key events() { return {"ev"}; }
    static key party(std::string_view name) { return {"party:", name}; }
    static key grants(std::string_view sid) { return {"s:", sid}; }

    std::string const& prefix() const { return prefix_; }
    std::string whole(key const& name) const { return std::string{prefix_}.append(name.kind).append(name.rest); }

private:
    std::string prefix_;
};

std::string channel_of(store::topic const&);

// What is told in this channel; nothing if it is another's.
std::optional<store::topic> topic_of(std::string_view channel);

}  // namespace coterie::redis

#endif
