#include "keys.hpp"

#include "../address.hpp"

#include <utility>

namespace coterie::redis {

static constexpr std::string_view before_address = "coterie:";

keys::keys(std::string_view address)
{
    bool const group = store::kind_of(address) == store::address_kind::group;
    prefix_.reserve(before_address.size() + address.size() + 3);
    prefix_.append(before_address).append(group ? "{" : "").append(address).append(group ? "}:" : ":");
}

std::string channel_of(store::topic const& what)
{
    keys const of{what.group};
    return of.whole(what.session.empty() ? keys::events() : keys::grants(what.session));
}

std::optional<store::topic> topic_of(std::string_view channel)
{
    auto const end = channel.find("}:");
    if (!channel.starts_with(before_address) || end == std::string_view::npos)
        return std::nullopt;
    auto const address = channel.substr(before_address.size(), end + 1 - before_address.size());
    bool const group = address.starts_with('{');
    store::topic result{.group = std::string{group ? address.substr(1, address.size() - 2) : address}};
    if (auto const kind = channel.substr(end + 2); kind.starts_with("s:") && kind.size() <= 2 + core::session_id::length)
        result.session = kind.substr(2);
    return channel_of(result) == channel ? std::optional{std::move(result)} : std::nullopt;
}

}  // namespace coterie::redis
