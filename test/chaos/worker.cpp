#include "worker.hpp"

#include "programs.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <exception>

namespace coterie::chaos {

worker::worker(asio::io_context& io, worker_settings const& settings)
    : here{settings}
    , log{settings.folder, settings.silent ? std::nullopt : std::optional{settings.number}}
    , store{io.get_executor(), settings.url, client_settings()}
    , group{store, group_settings(fmt::format("p{}", settings.number))}
    , presence{store, presence_settings(fmt::format("s{}", settings.slot))}
    , shared{store, memo_settings(false)}
    , cached{store, memo_settings(true)}
    , io_{io}
    , random_{settings.seed}
{
}

asio::awaitable<void> worker::pause(std::chrono::milliseconds time)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait();
}

// What a program throws comes out of io_context::run().
void worker::start(program what, bool until_rest)
{
    ++running_;
    unrested_ += until_rest;
    asio::co_spawn(io_, what(*this), [this, until_rest](std::exception_ptr error) {
        unrested_ -= until_rest;
        --running_;
        if (error)
            std::rethrow_exception(error);
    });
}

void worker::begin()
{
    log.tell("begins in slot {}", here.slot);
    for (auto const what : {&take_locks, &take_locks, &campaign, &join_and_leave, &ask_for_results, &change_results})
        start(what, true);
    for (auto const what : {&say_who_is_there, &watch_members, &watch_leaders, &watch_presence})
        start(what, false);
}

asio::awaitable<void> worker::rest()
{
    phase_ = phase::resting;
    log.tell("is told to rest");
    while (unrested_ > 0)
        co_await pause(10ms);
}

// Nothing, if it cannot be read now.
asio::awaitable<worker::views> worker::read_store()
{
    auto const [no_members, members] = co_await group.async_members(as_tuple);
    auto const [no_leader, leader] = co_await group.async_leader("role", as_tuple);
    std::vector<std::string> ids{"z"};
    for (std::size_t slot = 0; slot < here.slots; ++slot)
        for (auto const* each : {"0", "1"})
            ids.push_back(fmt::format("u{}.{}", slot, each));
    auto const [no_states, states] = co_await presence.async_status(ids, as_tuple);
    views result;
    if (no_members || no_leader || no_states)
        co_return result;

    auto& who = result["members"];
    for (auto const& each : members)
        who += fmt::format("{}{}={}", who.empty() ? "" : ",", each.name, each.value);
    result["leader"] = leader ? leader->value : "nobody";
    std::map<std::string, int> there;
    for (auto const& each : states)
        if (each.status > status::offline)
            there[each.id] = static_cast<int>(each.status);
    auto& present = result["presence"];
    for (auto const& [id, what] : there)
        present += fmt::format("{}{}={}", present.empty() ? "" : ",", id, what);
    co_return result;
}

// Nothing changes any more: sooner or later the store can be read, and the streams have told everything.
asio::awaitable<void> worker::show()
{
    constexpr auto patience = 20s;
    auto const end = journal::now() + patience;
    auto stored = co_await read_store();
    while (stored != seen && journal::now() < end)
    {
        co_await pause(200ms);
        stored = co_await read_store();
    }
    for (auto const& [topic, text] : stored)
    {
        if (seen[topic] != text)
            fmt::print("differs {}: seen {}, stored {}\n", topic, seen[topic], text);
        log.tell("view {} {}", topic, text);
        fmt::print("view {} {}\n", topic, text);
    }
}

asio::awaitable<void> worker::close()
{
    phase_ = phase::closing;
    log.tell("closes");
    co_await shared.async_close(as_tuple);
    co_await cached.async_close(as_tuple);
    co_await presence.async_close(as_tuple);
    auto const [failed] = co_await group.async_close(as_tuple);
    log.tell("closed {}", failed ? failed.message() : "in order");
    while (running_ > 0)
        co_await pause(10ms);
}

}  // namespace coterie::chaos
