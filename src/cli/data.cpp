// coterie put, get, del, ls
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"

#include <fmt/format.h>

namespace coterie::cli {
namespace {

int nothing_there(char const* command, std::string const& path)
{
    complain(fmt::format("{}: there is no value at {}; coterie ls shows what there is", command, printable(path)));
    return exit_code::error;
}

}  // namespace

asio::awaitable<int> run(context& c, put_command const& what)
{
    co_await c.signals.unless_stopped(c.group.async_put(what.path, what.value, {.lifetime = what.lifetime}, asio::use_awaitable));
    co_return exit_code::ok;
}

asio::awaitable<int> run(context& c, get_command const& what)
{
    auto const value = co_await c.signals.unless_stopped(c.group.async_get(what.path, asio::use_awaitable));
    if (!value)
        co_return nothing_there("get", what.path);
    if (c.settings.json)
        print_json(boost::json::object{{"path", utf8(what.path)}, {"value", utf8(*value)}});
    else
        print_line(*value);  // its bytes as they are: the next program may want them
    co_return exit_code::ok;
}

asio::awaitable<int> run(context& c, del_command const& what)
{
    bool const erased = co_await c.signals.unless_stopped(c.group.async_erase(what.path, asio::use_awaitable));
    co_return erased ? exit_code::ok : nothing_there("del", what.path);
}

asio::awaitable<int> run(context& c, ls_command const& what)
{
    auto const paths = co_await c.signals.unless_stopped(c.group.async_list(what.pattern, asio::use_awaitable));
    if (c.settings.json)
    {
        print_json(utf8(paths));
        co_return exit_code::ok;
    }
    for (auto const& path : paths)
        print_line(printable(path));
    co_return exit_code::ok;
}

}  // namespace coterie::cli
