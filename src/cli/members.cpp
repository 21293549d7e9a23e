// coterie members
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace coterie::cli {
namespace {

void print_table(std::vector<member> const& members)
{
    std::size_t widest = 0;
    for (auto const& m : members)
        widest = std::max(widest, printable(m.path()).size());
    for (auto const& m : members)
    {
        auto line = fmt::format("{:<{}}  since {}", printable(m.path()), widest, local_time(m.joined_at));
        if (!m.value.empty())
            line += fmt::format("  {}", printable(m.value));
        if (!m.tags.empty())
            line += fmt::format("  [{}]", printable(fmt::format("{}", fmt::join(m.tags, " "))));
        print_line(line);
    }
}

}  // namespace

asio::awaitable<int> run(context& c, members_command const&)
{
    auto const members = co_await c.signals.unless_stopped(c.group.async_members(asio::use_awaitable));
    if (!c.settings.json)
    {
        print_table(members);
        co_return exit_code::ok;
    }

    boost::json::array all;
    for (auto const& m : members)
        all.push_back(
            boost::json::object{{"name", utf8(m.name)},
                                {"path", utf8(m.path())},
                                {"value", utf8(m.value)},
                                {"joined_at", std::chrono::floor<std::chrono::milliseconds>(m.joined_at).time_since_epoch().count()},
                                {"tags", utf8(m.tags)}});
    print_json(all);
    co_return exit_code::ok;
}

}  // namespace coterie::cli
