// coterie inspect, coterie release
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <boost/asio/redirect_error.hpp>

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

boost::json::object json(lock_wait const& step)
{
    return {{"member", utf8(step.member)},
            {"session", step.session},
            {"waits_for", utf8(step.waits_for)},
            {"held_by", utf8(step.held_by)},
            {"role", step.role}};
}

template <class Each>
boost::json::array json(std::vector<Each> const& all)
{
    boost::json::array result;
    for (auto const& each : all)
        result.push_back(json(each));
    return result;
}

using waits = std::vector<lock_wait>;

// The fields of the (first) holder, then all holders and waiters. What could not be found out is null.
boost::json::value json(std::string const& name, std::optional<lock_info> const& info, std::optional<waits> const& deadlock)
{
    bool const held = info && !info->holders.empty();
    boost::json::object result{{"name", utf8(name)}, {"held", held}};
    if (held)
        for (auto const& [key, value] : json(info->holders.front()))
            result[key] = value;
    result["holders"] = info ? json(info->holders) : boost::json::array{};
    result["waiters"] = info ? json(info->waiters) : boost::json::array{};
    result["deadlock"] = deadlock ? json(*deadlock) : boost::json::value{};
    return result;
}

void print_deadlock(std::string const& name, waits const& deadlock)
{
    std::string text;
    for (auto const& step : deadlock)
        text += fmt::format("{} {} waits for {}{}, held by {}", text.empty() ? "" : ";", printable(step.member),
                            step.role ? "the role " : "", printable(step.waits_for), printable(step.held_by));
    if (!text.empty())
        print_line(fmt::format("{}  deadlock: {}", printable(name), text.substr(1)));
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

// Who holds the lock is worth telling, whatever becomes of this.
asio::awaitable<std::optional<waits>> find_deadlock(context& c, std::string const& name)
{
    error_code failed;
    auto found = co_await c.signals.unless_stopped(c.group.async_find_deadlock(name, asio::redirect_error(asio::use_awaitable, failed)));
    std::optional<waits> result;
    if (failed)
        complain(fmt::format("inspect: whether there is a deadlock could not be found out: {}", failed.message()));
    else
        result.emplace(std::move(found));
    co_return result;
}

}  // namespace

asio::awaitable<int> run(context& c, inspect_command const& what)
{
    auto const holder = co_await c.signals.unless_stopped(c.group.async_inspect(what.name, asio::use_awaitable));
    // Nobody waits, nobody can wait in a circle.
    auto deadlock = std::make_optional<waits>();
    if (holder && !holder->waiters.empty())
        deadlock = co_await find_deadlock(c, what.name);
    if (c.settings.json)
        print_json(json(what.name, holder, deadlock));
    else
    {
        print_text(what.name, holder);
        if (deadlock)
            print_deadlock(what.name, *deadlock);
    }
    co_return deadlock ? exit_code::ok : exit_code::error;
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
