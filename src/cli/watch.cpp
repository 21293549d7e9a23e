// coterie watch
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <fmt/format.h>

#include <span>

namespace coterie::cli {
namespace {

boost::json::value json(member_change const& change)
{
    return boost::json::object{{"revision", change.revision},
                               {"joined", utf8(change.joined)},
                               {"left", utf8(change.left)},
                               {"updated", utf8(change.updated)},
                               {"resynced", change.resynced}};
}

std::string names(std::string_view verb, std::span<std::string const> list)
{
    std::string result;
    for (auto const& name : list)
        result += fmt::format("{}{}", result.empty() ? "" : ", ", printable(name));
    return result.empty() ? result : fmt::format("  {} {}", verb, result);
}

std::string text(member_change const& change)
{
    auto what = names("joined", change.joined) + names("left", change.left) + names("updated", change.updated);
    if (what.empty())
        what = "  nobody is here";
    return fmt::format("{}{}  (revision {}{})", local_time(std::chrono::system_clock::now()), what, change.revision,
                       change.resynced ? ", resynced" : "");
}

asio::awaitable<void> print_changes(context& c, watch_command const& what)
{
    auto events = co_await c.group.async_watch({.from_revision = what.from}, asio::use_awaitable);
    c.under_way();
    while (auto change = co_await events.async_next(asio::use_awaitable))
    {
        if (c.settings.json)
            print_json(json(*change));
        else
            print_line(text(*change));
    }
}

}  // namespace

asio::awaitable<int> run(context& c, watch_command const& what)
{
    try
    {
        co_await c.signals.unless_stopped(print_changes(c, what));
    }
    catch (interrupted const&)
    {
        // This is how a watch ends.
    }
    co_return exit_code::ok;
}

}  // namespace coterie::cli
