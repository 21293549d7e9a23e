// coterie demo: the story of a group. What it tells is checked while it is told.
#include "commands.hpp"
#include "context.hpp"
#include "demo_cast.hpp"
#include "demo_teller.hpp"
#include "exit_code.hpp"

#include <boost/asio/cancel_after.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using names = std::vector<std::string>;

class demo
{
public:
    demo(asio::any_io_executor executor, settings const& given)
        : settings_{for_demo(given)}
        , ann_{executor, "ann", settings_}
        , bob_{executor, "bob", settings_}
        , executor_{executor}
    {
    }

    asio::awaitable<void> play()
    {
        introduce();
        co_await members();
        co_await locks();
        co_await carol_comes();
        co_await carol_crashes();
        co_await end();
    }

private:
    static settings for_demo(settings result)
    {
        if (result.url == "memory:")
            result.url = "memory:demo";  // each player has a client of its own: they meet by this name
        if (!result.group)
            result.group = fmt::format("demo-{}-{:x}", ::getpid(), steady::now().time_since_epoch().count());
        if (!result.heartbeat)
            result.heartbeat = 400ms;
        if (!result.ttl)
            result.ttl = *result.heartbeat * 5 / 2;
        return result;
    }

    bool in_memory() const { return settings_.url.starts_with("memory:"); }

    void introduce()
    {
        print_line(fmt::format("Ann, Bob and Carol are one group, \"{}\", {}.", *settings_.group,
                               in_memory() ? "in the memory of this process" : "on a real server"));
        print_line(
            fmt::format("Each holds a lease of {} ms and renews it every {} ms.", settings_.ttl->count(), settings_.heartbeat->count()));
    }

    // What Ann's stream says next.
    asio::awaitable<member_change> hear(std::chrono::milliseconds limit = 5s)
    {
        auto change = co_await events_.async_next(asio::cancel_after(limit, asio::use_awaitable));
        teller_.expect(change.has_value(), "a stream ends only with its connector");
        co_return std::move(*change);
    }

    asio::awaitable<std::uint64_t> take(player& who, char const* name)
    {
        auto held = co_await who.group.async_try_lock(victim::lock_name, asio::use_awaitable);
        teller_.expect(held.has_value(), fmt::format("{} gets a lock that is free", name));
        teller_.expect(held->fence() > fence_, "fences only grow");
        teller_.tell(name, fmt::format("takes the lock \"{}\"", victim::lock_name), fmt::format("fence {}", held->fence()));
        fence_ = held->fence();
        held_ = std::move(*held);
        co_return fence_;
    }

    asio::awaitable<void> fail_to_take(player& who, char const* name, std::string const& holder)
    {
        auto const held = co_await who.group.async_try_lock(victim::lock_name, asio::use_awaitable);
        teller_.expect(!held, "a lock has one holder");
        auto const info = co_await who.group.async_inspect(victim::lock_name, asio::use_awaitable);
        teller_.expect(info && info->member == holder && info->fence == fence_, "a failed try changes nothing");
        teller_.tell(name, fmt::format("tries it: {} has it", holder),
                     fmt::format("for {} ms more, unless renewed", info->remaining.count()));
    }

    asio::awaitable<void> join(player& who, std::string name, std::string value)
    {
        auto const before = steady::now();
        co_await who.group.async_join(name, value, asio::use_awaitable);
        teller_.tell(name, fmt::format("joins as {}", value));
        auto const change = co_await hear();
        auto const after = steady::now();
        teller_.expect(change.joined == names{name} && change.left.empty(), "a join is heard, once");
        teller_.expect(change.find(name) != nullptr && change.find(name)->value == value, "a join is heard with its value");
        teller_.tell("ann", fmt::format("hears: joined {}", name),
                     fmt::format("{:.1f} ms after it was asked for", milliseconds(after - before)));
    }

    asio::awaitable<void> members()
    {
        co_await teller_.chapter("Members");
        events_ = co_await ann_.group.async_watch(asio::use_awaitable);
        auto const first = co_await hear();
        teller_.expect(first.joined.empty(), "the group is new");
        teller_.tell("ann", "watches: nobody is here yet");
        co_await join(ann_, "ann", "10.0.0.1:8080");
        co_await join(bob_, "bob", "10.0.0.2:8080");
    }

    asio::awaitable<void> locks()
    {
        co_await teller_.chapter("A lock");
        co_await take(bob_, "bob");
        co_await fail_to_take(ann_, "ann", "bob");
        co_await held_.async_release(asio::use_awaitable);
        teller_.tell("bob", "gives it back");
        co_await take(ann_, "ann");
        co_await held_.async_release(asio::use_awaitable);
        teller_.tell("ann", "gives it back");
    }

    asio::awaitable<void> carol_comes()
    {
        co_await teller_.chapter("Carol comes");
        carol_ = make_victim(executor_, settings_);
        auto const fence = co_await carol_->start();
        teller_.tell("carol", "joins", fmt::format("in {}", carol_->home()));
        teller_.tell("carol", fmt::format("takes the lock \"{}\"", victim::lock_name), fmt::format("fence {}", fence));
        teller_.expect(fence > fence_, "fences only grow");
        fence_ = fence;

        auto const change = co_await hear();
        teller_.expect(change.joined == names{victim::name}, "a join is heard from another program");
        teller_.tell("ann", "hears: joined carol");
        auto const value = co_await ann_.group.async_get(victim::data_path, asio::use_awaitable);
        teller_.expect(value == victim::data, "what one puts the others get");
        teller_.tell("ann", fmt::format("reads {}", victim::data_path), fmt::format("\"{}\"", *value));
        co_await fail_to_take(bob_, "bob", "carol");
    }

    asio::awaitable<void> carol_crashes()
    {
        co_await teller_.chapter("Carol crashes");
        co_await carol_->crash();
        teller_.tell("carol", carol_->death(), "no leave, no release, no word");

        auto const before = steady::now();
        auto const info = co_await ann_.group.async_inspect(victim::lock_name, asio::use_awaitable);
        auto const after = steady::now();
        teller_.expect(info && info->member == victim::name, "a lock lasts as long as its lease");
        auto const end = before + (after - before) / 2 + info->remaining;
        teller_.tell("store", fmt::format("her lease has {} ms to go", info->remaining.count()));

        auto const change = co_await hear(*settings_.ttl + 2s);
        auto const lateness = steady::now() - end;
        teller_.expect(change.left == names{victim::name} && change.joined.empty(), "a crash is heard as a leave");
        teller_.tell("ann", "hears: left carol", fmt::format("{:.1f} ms after her lease ended", milliseconds(lateness)));
        teller_.expect(lateness > -50ms && lateness < 100ms, "a crash is announced within 100 ms of the end of the lease");

        co_await take(bob_, "bob");
        teller_.tell("bob", "has the larger fence", "so what Carol may still write with hers can be refused");
        auto const value = co_await ann_.group.async_get(victim::data_path, asio::use_awaitable);
        teller_.expect(!value, "ephemeral data dies with its owner");
        teller_.tell("ann", fmt::format("reads {}", victim::data_path), "nothing: it died with Carol");
    }

    asio::awaitable<void> end()
    {
        co_await teller_.chapter("The end");
        co_await bob_.group.async_close(asio::use_awaitable);
        auto const change = co_await hear();
        teller_.expect(change.left == names{"bob"}, "a close is heard at once");
        teller_.tell("bob", "closes his connector", "he has left and his lock is free, at once");
        auto const info = co_await ann_.group.async_inspect(victim::lock_name, asio::use_awaitable);
        teller_.expect(!info, "a close gives all locks back");
        co_await ann_.group.async_close(asio::use_awaitable);
        group_connector visitor{ann_.client, settings_.group_settings()};
        auto const members = co_await visitor.async_members(asio::use_awaitable);
        teller_.expect(members.empty(), "who closes has left");
        teller_.tell("ann", "closes hers", "nobody is left");

        print_line(
            "\nAll went as told. Next: `coterie watch` in one shell, `coterie join ann` in another (both with --url), and kill -9 it.");
    }

    settings settings_;
    teller teller_;
    player ann_;
    player bob_;
    asio::any_io_executor executor_;
    member_events events_;  // Ann's
    lock held_;             // Ann's or Bob's
    std::uint64_t fence_ = 0;
    std::unique_ptr<victim> carol_;
};

}  // namespace

asio::awaitable<int> run(context& c, demo_command const&)
{
    auto story = std::make_unique<demo>(c.get_executor(), c.settings);
    co_await c.signals.unless_stopped(story->play());
    co_return exit_code::ok;
}

}  // namespace coterie::cli
