// coterie join
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "supervise.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace coterie::cli {
namespace {

asio::awaitable<void> join(context& c, join_command const& what)
{
    std::vector<std::string_view> const tags{what.tags.begin(), what.tags.end()};
    co_await c.group.async_join(what.member, what.value, {.tags = tags}, asio::use_awaitable);
    c.under_way();
}

std::string joined_line(context const& c, join_command const& what)
{
    if (c.settings.json)
        return boost::json::serialize(boost::json::object{{"joined", utf8(what.member)}, {"group", utf8(c.group.group_name())}});
    return fmt::format("joined {} as {}", printable(c.group.group_name()), printable(what.member));
}

}  // namespace

asio::awaitable<int> run(context& c, join_command const& what)
{
    co_await c.signals.unless_stopped(join(c, what));

    if (!what.program.empty())
    {
        fmt::print(stderr, "{}\n", joined_line(c, what));  // stdout is CMD's
        auto started = start_program(c.get_executor(), what.program);
        if (auto const* failed = std::get_if<int>(&started))
            co_return *failed;
        co_return co_await until_ended(*std::get<0>(started), c.signals);
    }

    print_line(joined_line(c, what));
    co_await c.signals.next();
    co_await c.group.async_close(asio::use_awaitable);  // here, so that a leave that could not be told is an error
    co_return exit_code::ok;
}

}  // namespace coterie::cli
