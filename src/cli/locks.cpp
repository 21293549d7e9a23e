// coterie inspect, coterie release
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace coterie::cli {
namespace {

boost::json::value json(std::string const& name, std::optional<lock_info> const& holder)
{
    boost::json::object result{{"name", utf8(name)}, {"held", holder.has_value()}};
    if (holder)
    {
        result["member"] = utf8(holder->member);
        result["session"] = holder->session;
        result["fence"] = holder->fence;
        result["remaining_ms"] = holder->remaining.count();
        result["fixed"] = holder->fixed;
    }
    return result;
}

std::string text(std::string const& name, std::optional<lock_info> const& holder)
{
    if (!holder)
        return fmt::format("{}  free", printable(name));
    return fmt::format("{}  held by {}  fence {}  {} left{}  (session {})", printable(name), printable(holder->member), holder->fence,
                       holder->remaining, holder->fixed ? ", never renewed" : " unless renewed", holder->session);
}

}  // namespace

asio::awaitable<int> run(context& c, inspect_command const& what)
{
    auto const holder = co_await c.signals.unless_stopped(c.group.async_inspect(what.name, asio::use_awaitable));
    if (c.settings.json)
        print_json(json(what.name, holder));
    else
        print_line(text(what.name, holder));
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
