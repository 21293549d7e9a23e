#include "role.hpp"

#include <charconv>
#include <cstddef>
#include <cstdio>

namespace coterie::core {
namespace {

constexpr std::size_t term_width = 16;

std::optional<std::uint64_t> number(std::string_view text)
{
    std::uint64_t result = 0;
    auto const [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (ec != std::errc{} || stop != text.data() + text.size())
        return std::nullopt;
    return result;
}

}  // namespace

std::string pack(leader_value const& leader)
{
    char term[term_width + 8];
    std::snprintf(term, sizeof term, "%0*llu", static_cast<int>(term_width), static_cast<unsigned long long>(leader.term));
    return term + std::to_string(leader.member.size()) + ":" + leader.member + leader.value;
}

std::optional<leader_value> unpack_leader(std::string_view packed)
{
    auto const colon = packed.find(':');
    if (colon == std::string_view::npos || colon < term_width)
        return std::nullopt;
    auto const term = number(packed.substr(0, term_width));
    auto const size = number(packed.substr(term_width, colon - term_width));
    auto const rest = packed.substr(colon + 1);
    if (!term || !size || *size > rest.size())
        return std::nullopt;
    return leader_value{*term, std::string{rest.substr(0, *size)}, std::string{rest.substr(*size)}};
}

delta of_interest(delta step, std::string_view role)
{
    std::erase_if(step.changes,
                  [&](name_change const& each) { return role.empty() ? is_role(each.member.name) : each.member.name != role; });
    if (!role.empty() && step.changes.empty())
        step.resynced = false;
    return step;
}

}  // namespace coterie::core
