#include "group_state.hpp"

#include <fmt/format.h>

namespace coterie::store::memory {
namespace {

auto ms(server_time time)
{
    return time.time_since_epoch().count();
}

// NUL as a blank: the names in `leases` and `held` hold one.
std::string shown(std::string text)
{
    for (auto& byte : text)
        if (byte == '\0')
            byte = ' ';
    return text;
}

}  // namespace

std::string group_state::dump() const
{
    std::string out;
    auto const line = [&]<typename... T>(fmt::format_string<T...> format, T&&... arguments) {
        fmt::format_to(std::back_inserter(out), format, std::forward<T>(arguments)...);
        out += '\n';
    };
    for (auto const& [path, record] : data_)
        line("data {} {} {} = {}", path, static_cast<char>(record.life), record.session, record.value);
    for (auto const& [sid, attachments] : held_)
        for (auto const& attachment : attachments)
            line("held {} {}", sid, shown(attachment));
    for (auto const& [path, value] : keep_)
        line("keep {} = {}", path, value);
    for (auto const& [deadline, lease] : leases_.order())
        line("lease {} until {}", shown(lease), ms(deadline));
    for (auto const& [name, record] : locks_)
        line("lock {} {}{} {} {} {} {} {}", name, "-sxrp"[static_cast<int>(record.held)], record.waited ? " waited for" : "",
             record.session, record.fence, record.owner, record.place.first, record.place.second);
    for (auto const& [id, place] : places_)
        line("place {} {} {} {} {} {} {}", id.first, id.second, place.granted ? "granted" : "waiting", place.number, place.wish.fences,
             place.wish.owner, fmt::join(place.wish.names, ", "));
    for (auto const& [key, record] : members_)
        line("member {} {} {} = {}", key.first, key.second, ms(record.joined_at), record.value);
    for (auto const& [sid, session] : sessions_)
        line("session {} {}{}", sid, session.forced ? "forced " : "", session.generation);
    return out;
}

}  // namespace coterie::store::memory
