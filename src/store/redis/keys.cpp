#include "keys.hpp"

namespace coterie::redis {

static constexpr std::string_view before_group = "coterie:{";
static constexpr std::string_view after_group = "}:";

keys::keys(std::string_view group)
{
    prefix_.reserve(before_group.size() + group.size() + after_group.size());
    prefix_.append(before_group).append(group).append(after_group);
}

std::string keys::with(std::string_view name, std::string_view rest) const
{
    std::string result;
    result.reserve(prefix_.size() + name.size() + rest.size());
    return result.append(prefix_).append(name).append(rest);
}

std::string channel_of(store::topic const& what)
{
    keys const of{what.group};
    return what.session.empty() ? of.events() : of.grants(what.session);
}

std::optional<store::topic> topic_of(std::string_view channel)
{
    if (!channel.starts_with(before_group))
        return std::nullopt;
    channel.remove_prefix(before_group.size());
    auto const end = channel.find('}');
    if (end == std::string_view::npos)
        return std::nullopt;
    store::topic result{.group = std::string{channel.substr(0, end)}};
    channel.remove_prefix(end);
    if (channel.starts_with("}:s:"))
        result.session = channel.substr(4);
    else if (channel != "}:ev")
        return std::nullopt;
    return result;
}

}  // namespace coterie::redis
