// coterie inspect, coterie release
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace coterie::cli {
namespace {

std::string_view name_of(lock_mode mode)
{
    return mode == lock_mode::exclusive ? "exclusive" : mode == lock_mode::shared ? "shared" : "permit";
}

boost::json::object json(lock_holder const& holder)
{
    return {{"member", utf8(holder.member)}, {"session", holder.session},
            {"fence", holder.fence},         {"remaining_ms", holder.remaining.count()},
            {"fixed", holder.fixed},         {"mode", name_of(holder.mode)}};
}

boost::json::object json(lock_waiter const& waiter)
{
    return {{"member", utf8(waiter.member)},
            {"session", waiter.session},
            {"mode", name_of(waiter.mode)},
            {"waiting_ms", waiter.waiting.count()}};
}

template <class Each>
boost::json::array json(std::vector<Each> const& all)
{
    boost::json::array result;
    for (auto const& each : all)
        result.push_back(json(each));
    return result;
}

// The fields of the (first) holder, then all holders and waiters.
boost::json::value json(std::string const& name, std::optional<lock_info> const& info)
{
    bool const held = info && !info->holders.empty();
    boost::json::object result{{"name", utf8(name)}, {"held", held}};
    if (held)
        for (auto const& [key, value] : json(info->holders.front()))
            result[key] = value;
    result["holders"] = info ? json(info->holders) : boost::json::array{};
    result["waiters"] = info ? json(info->waiters) : boost::json::array{};
    return result;
}

void print_text(std::string const& name, std::optional<lock_info> const& info)
{
    if (!info || info->holders.empty())
        print_line(fmt::format("{}  free", printable(name)));
    if (!info)
        return;
    for (auto const& holder : info->holders)
        print_line(fmt::format("{}  {} by {}  fence {}  {} left{}  (session {})", printable(name),
                               holder.mode == lock_mode::exclusive ? "held"
                               : holder.mode == lock_mode::shared  ? "shared"
                                                                   : "permit held",
                               printable(holder.member), holder.fence, holder.remaining,
                               holder.fixed ? ", never renewed" : " unless renewed", holder.session));
    for (auto const& waiter : info->waiters)
        print_line(fmt::format("{}  waited for by {}{}  for {}  (session {})", printable(name), printable(waiter.member),
                               waiter.mode == lock_mode::exclusive ? "" : fmt::format(", {}", name_of(waiter.mode)), waiter.waiting,
                               waiter.session));
}

}  // namespace

asio::awaitable<int> run(context& c, inspect_command const& what)
{
    auto const holder = co_await c.signals.unless_stopped(c.group.async_inspect(what.name, asio::use_awaitable));
    if (c.settings.json)
        print_json(json(what.name, holder));
    else
        print_text(what.name, holder);
    co_return exit_code::ok;
}

asio::awaitable<int> run(context& c, release_command const& what)
{
    bool const released = co_await c.signals.unless_stopped(c.group.async_force_release(what.name, asio::use_awaitable));
    if (!released)
    {
        complain(fmt::format("release: {} is free already", printable(what.name)));
        co_return exit_code::error;
    }
    if (!c.settings.json)
        print_line(fmt::format("released {}", printable(what.name)));
    else
        print_json(boost::json::object{{"released", utf8(what.name)}});
    co_return exit_code::ok;
}

}  // namespace coterie::cli
