// coterie presence
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <coterie/presence.hpp>

#include <fmt/format.h>

namespace coterie::cli {
namespace {

using verb = presence_command::verb;

presence_config config_of(context const& c, presence_command const& what)
{
    presence_config result;
    if (!what.space.empty())
        result.space = what.space;
    result.ttl = c.settings.ttl.value_or(result.ttl);
    result.shards = what.shards.value_or(result.shards);
    return result;
}

std::int64_t ms(std::chrono::sys_time<std::chrono::milliseconds> time)
{
    return time.time_since_epoch().count();
}

boost::json::object json(presence_info const& info)
{
    boost::json::object result{{"id", utf8(info.id)}, {"status", to_string(info.status)}};
    if (info.status != status::unknown)
    {
        result["since"] = ms(info.since);
        result["last_seen"] = ms(info.last_seen);
        result["source"] = utf8(info.source);
        result["text"] = utf8(info.text);
        result["value"] = utf8(info.value);
    }
    if (info.error)
        result["error"] = info.error.message();
    return result;
}

std::string text(presence_info const& info)
{
    if (info.error)
        return fmt::format("{}  {}", printable(info.id), info.error.message());
    auto line = fmt::format("{}  {}", printable(info.id), to_string(info.status));
    if (info.status != status::unknown)
        line += fmt::format("  since {}", local_time(info.since));
    if (info.status == status::offline)
        line += fmt::format("  seen {}", local_time(info.last_seen));
    if (!info.source.empty())
        line += fmt::format("  by {}", printable(info.source));
    if (!info.text.empty())
        line += fmt::format("  {}", printable(info.text));
    if (!info.value.empty())
        line += fmt::format("  [{}]", printable(info.value));
    return line;
}

// A line each. False: one of them has an error.
bool print(context const& c, std::vector<presence_info> const& infos)
{
    bool good = true;
    boost::json::array all;
    for (auto const& each : infos)
    {
        good = good && !each.error;
        if (c.settings.json)
            all.push_back(json(each));
        else
            print_line(text(each));
    }
    if (c.settings.json)
        print_json(all);
    return good;
}

int print(context const& c, std::vector<std::string> const& ids, presence_result const& result)
{
    if (c.settings.json)
        print_json(boost::json::object{{"changed", result.changed}, {"failed", result.failed.size()}});
    for (auto const& each : result.failed)
        complain(fmt::format("presence: {}: {}", printable(ids[each.index]), each.error.message()));
    return result.failed.empty() ? exit_code::ok : exit_code::error;
}

template <class Options>
Options with_source(presence_command const& what)
{
    Options options;
    if (what.source)
        options.source = *what.source;
    return options;
}

asio::awaitable<presence_result> say_online(presence& space, presence_command const& what)
{
    auto options = with_source<online_options>(what);
    if (what.text)
        options.text = *what.text;
    if (what.value)
        options.value = *what.value;
    if (what.status)
        co_return co_await space.async_set_status(what.ids, *what.status, options, asio::use_awaitable);
    co_return co_await space.async_online(what.ids, options, asio::use_awaitable);
}

asio::awaitable<presence_result> say_offline(presence& space, presence_command const& what)
{
    auto options = with_source<offline_options>(what);
    options.all_sources = what.all_sources;
    co_return co_await space.async_offline(what.ids, options, asio::use_awaitable);
}

asio::awaitable<std::vector<presence_info>> look_at_party(presence& space, presence_command const& what)
{
    if (!what.add.empty())
        co_await space.async_party_add(what.party, what.add, asio::use_awaitable);
    if (!what.remove.empty())
        co_await space.async_party_remove(what.party, what.remove, asio::use_awaitable);
    party_options options;
    options.foreign_key = what.foreign_key;
    auto const party = co_await space.async_party(what.party, options, asio::use_awaitable);
    std::vector<presence_info> result;
    for (auto const& [id, info] : party)
        result.push_back(info);
    co_return result;
}

asio::awaitable<void> print_changes(context& c, presence& space, presence_command const& what)
{
    presence_events events;
    if (what.ids.empty())
        events = co_await space.async_watch(asio::use_awaitable);
    else
        events = co_await space.async_watch(what.ids, asio::use_awaitable);
    c.under_way();
    while (auto change = co_await events.async_next(asio::use_awaitable))
    {
        if (!c.settings.json && change->changes.empty())
            print_line("nobody is there");
        if (!c.settings.json)
            print(c, change->changes);
        else
        {
            boost::json::array all;
            for (auto const& each : change->changes)
                all.push_back(json(each));
            print_json(boost::json::object{{"changes", all}, {"resynced", change->resynced}});
        }
    }
}

}  // namespace

asio::awaitable<int> run(context& c, presence_command const& what)
{
    presence space{c.client, config_of(c, what)};
    if (what.what == verb::online)
    {
        auto const said = co_await c.signals.unless_stopped(say_online(space, what));
        co_return print(c, what.ids, said);
    }
    if (what.what == verb::offline)
    {
        auto const said = co_await c.signals.unless_stopped(say_offline(space, what));
        co_return print(c, what.ids, said);
    }
    if (what.what == verb::count)
    {
        auto const count = co_await c.signals.unless_stopped(space.async_count(asio::use_awaitable));
        if (c.settings.json)
            print_json(boost::json::object{{"count", count}});
        else
            print_line(std::to_string(count));
        co_return exit_code::ok;
    }
    if (what.what == verb::party)
    {
        auto const members = co_await c.signals.unless_stopped(look_at_party(space, what));
        co_return print(c, members) ? exit_code::ok : exit_code::error;
    }
    if (what.what == verb::status)
    {
        auto const states = co_await c.signals.unless_stopped(space.async_status(what.ids, asio::use_awaitable));
        co_return print(c, states) ? exit_code::ok : exit_code::error;
    }
    try
    {
        co_await c.signals.unless_stopped(print_changes(c, space, what));
    }
    catch (interrupted const&)
    {
        // This is how a watch ends.
    }
    co_return exit_code::ok;
}

}  // namespace coterie::cli
