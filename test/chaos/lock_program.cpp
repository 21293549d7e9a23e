// Locks of all modes, and roles: taken, held for a while, given back. While he has one the holder looks again and again whether he may
// still believe so.
#include "programs.hpp"

#include <boost/asio/cancel_after.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace coterie::chaos {
namespace {

using std::chrono::milliseconds;

constexpr auto look_again = 10ms;

// Most have all the time there is: if one of them is not served when all the others have given back, the worker never rests.
auto patience(worker& me)
{
    return asio::cancel_after(me.one_in(4) ? me.up_to(2s) : 1h, as_tuple);
}

// As long as it is planned, or until it is lost; then for a moment more, since a lock that was lost must stay so.
template <class Held>
asio::awaitable<void> hold(worker& me, int number, Held const& held)
{
    bool const long_enough_to_lose = me.one_in(8);
    auto const end = journal::now() + (long_enough_to_lose ? me.up_to(3s) : me.up_to(60ms));
    int looks_after_loss = 0;
    for (;;)
    {
        auto const now = journal::now();
        if (held.state() != lock_state::lost)
            me.log.tell_of(now, "believes {} {} {}", number, held.fence(), held.deadline().time_since_epoch().count());
        else if (looks_after_loss++ == 0)
            me.log.tell("lost {}", number);
        if (me.closing() || (looks_after_loss == 0 ? now >= end : looks_after_loss > 3))
            co_return;
        co_await worker::pause(look_again);
    }
}

template <class Held>
asio::awaitable<void> hold_and_give_back(worker& me, int number, Held held)
{
    me.log.tell("granted {} {}", number, held.fence());
    co_await hold(me, number, held);
    me.log.tell("returns {}", number);
    if (me.one_in(2))
        co_return;  // the destructor gives it back
    if constexpr (requires { held.async_resign(); })
        co_await held.async_resign(as_tuple);
    else
        co_await held.async_release(as_tuple);
}

std::vector<std::string> some_names(worker& me)
{
    static std::vector<std::string> const all{"a", "b", "c", "d", "e"};
    std::vector<std::string> result;
    do
        result.push_back(all[me.below(all.size())]);
    while (me.one_in(4));
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

asio::awaitable<void> take_some(worker& me, int number, std::string const& member, milliseconds wait)
{
    auto const names = some_names(me);
    lock_options options;
    options.wait = wait;
    options.member = member;
    options.mode = me.one_in(3) ? lock_mode::shared : lock_mode::exclusive;
    if (me.one_in(8))
        options.lease = 100ms + me.up_to(2s);
    auto const mode = options.mode == lock_mode::shared ? "shared" : "exclusive";
    me.log.tell("asks {} {} 0 {} {}", number, mode, wait.count() == 0 ? "now" : "waits", fmt::join(names, ","));
    auto [failed, held] = co_await me.group.async_lock_all(names, options, patience(me));
    if (failed)
        me.log.tell("denied {} {}", number, failed.message());
    else
        co_await hold_and_give_back(me, number, std::move(held));
}

asio::awaitable<void> take_a_permit(worker& me, int number, std::string const& member, milliseconds wait)
{
    permit_options options;
    options.limit = 3;
    options.wait = wait;
    options.member = member;
    me.log.tell("asks {} permit {} {} permits", number, options.limit, wait.count() == 0 ? "now" : "waits");
    auto [failed, held] = co_await me.group.async_acquire("permits", options, patience(me));
    if (failed)
        me.log.tell("denied {} {}", number, failed.message());
    else
        co_await hold_and_give_back(me, number, std::move(held));
}

}  // namespace

asio::awaitable<void> take_locks(worker& me)
{
    while (me.busy())
    {
        auto const member = fmt::format("m{}", me.below(2));  // the same in several: they must not share what they hold
        auto const wait = me.one_in(6) ? 0ms : me.one_in(3) ? me.up_to(1s) : forever;
        auto const number = me.next_number();
        if (me.one_in(5))
            co_await take_a_permit(me, number, member, wait);
        else
            co_await take_some(me, number, member, wait);
        co_await worker::pause(me.up_to(100ms));
    }
}

asio::awaitable<void> campaign(worker& me)
{
    while (me.busy())
    {
        auto const number = me.next_number();
        auto const value = std::to_string(number);
        me.log.tell("asks {} exclusive 0 waits role", number);
        auto [failed, term] = co_await me.group.async_campaign("role", value, patience(me));
        if (failed)
        {
            me.log.tell("denied {} {}", number, failed.message());
        }
        else
        {
            me.log.tell("leads {} {}", term.fence(), term.member());
            if (me.one_in(4))
                co_await term.async_proclaim(value + "!", as_tuple);
            co_await hold_and_give_back(me, number, std::move(term));
        }
        co_await worker::pause(me.up_to(200ms));
    }
}

}  // namespace coterie::chaos
