// coterie elect, coterie leader
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "supervise.hpp"

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>

namespace coterie::cli {
namespace {

// None: not now, but it is worth another try. Only who has led once goes on when the store cannot be reached.
asio::awaitable<std::optional<leadership>> campaign(context& c, elect_command const& what, bool has_led)
{
    campaign_options options;
    options.member = what.member;
    auto [failure, term] = co_await c.signals.unless_stopped(
        c.group.async_campaign(what.role, what.value, options, asio::as_tuple(asio::use_awaitable)));
    bool const passing = failure == errc::lost || failure == errc::not_connected || failure == errc::outcome_unknown;
    if (has_led && passing)
        co_return std::nullopt;
    if (failure)
        throw boost::system::system_error{failure};
    co_return std::move(term);
}

// None: the leadership was lost.
asio::awaitable<std::optional<int>> lead(context& c, elect_command const& what, leadership& term)
{
    child_options options;
    options.environment = {fmt::format("COTERIE_FENCE={}", term.fence())};
    auto started = start_program(c.get_executor(), what.program, options);
    if (auto const* failed = std::get_if<int>(&started))
        co_return *failed;

    auto const code = co_await until_ended_or_lost(*std::get<0>(started), c.signals, term, what.kill_after);
    if (!code)
    {
        complain(fmt::format("elect: the leadership in {} was lost, and CMD was ended; standing for it again", printable(what.role)));
        co_return std::nullopt;
    }
    auto const [failure] = co_await term.async_resign(asio::as_tuple(asio::use_awaitable));
    if (failure == errc::lost)
        complain(fmt::format("elect: the leadership in {} was lost before CMD ended by itself", printable(what.role)));
    else if (failure)
        complain(
            fmt::format("elect: the next leader in {} follows when the lease ends, not now: {}", printable(what.role), failure.message()));
    co_return *code;
}

boost::json::value json(std::string const& role, std::optional<leader_info> const& leader)
{
    boost::json::object result{{"role", utf8(role)}, {"leader", nullptr}};
    if (leader)
        result["leader"] = {{"member", utf8(leader->member)},
                            {"value", utf8(leader->value)},
                            {"term", leader->term},
                            {"since", std::chrono::floor<std::chrono::milliseconds>(leader->since).time_since_epoch().count()},
                            {"session", leader->session}};
    return result;
}

}  // namespace

asio::awaitable<int> run(context& c, elect_command const& what)
{
    for (bool has_led = false;; has_led = true)
    {
        auto term = co_await campaign(c, what, has_led);
        if (!term)
            continue;
        c.under_way();
        if (auto const code = co_await lead(c, what, *term))
            co_return *code;
        if (auto const signal = c.signals.noted())
            throw interrupted{*signal};
    }
}

asio::awaitable<int> run(context& c, leader_command const& what)
{
    auto const leader = co_await c.signals.unless_stopped(c.group.async_leader(what.role, asio::use_awaitable));
    if (c.settings.json)
        print_json(json(what.role, leader));
    else if (!leader)
        print_line(fmt::format("{}  nobody leads", printable(what.role)));
    else
        print_line(fmt::format("{}  led by {}{}  term {}  since {}  (session {})", printable(what.role), printable(leader->member),
                               leader->value.empty() ? "" : "  " + printable(leader->value), leader->term, local_time(leader->since),
                               leader->session));
    co_return exit_code::ok;
}

}  // namespace coterie::cli
