// alone: it measures real time
// Locks that are waited for, with real processes: fair among many, handed over in time when the holder is killed or stopped, and by those who
// wait over a restart of the server.
#include "world.hpp"

#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <ranges>

namespace coterie::test {
namespace {

struct handover_world : world
{
    group_config const tempo{.group_name = "g", .heartbeat = 300ms * slowdown(), .ttl = 450ms * slowdown(), .member = "me"};

    // Another process that holds the lock, and has said so.
    auto hold(std::string const& script = "echo ready; while :; do sleep 0.02; done") const
    {
        auto const ms = [](milliseconds time) { return fmt::format("{}ms", time.count()); };
        auto process = start({"lock", "l", "--group", "g", "--heartbeat", ms(tempo.heartbeat), "--ttl", ms(*tempo.ttl), "--wait", "forever",
                              "--", "sh", "-c", script});
        BOOST_TEST_REQUIRE(process->line_with("ready").has_value());
        return process;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handover, handover_world)

BOOST_AUTO_TEST_CASE(sixteen_processes_take_turns)
{
    constexpr int contenders = 16;
    constexpr int acquisitions = 200;
    auto const file = (std::filesystem::path{server.socket()}.parent_path() / "fences").string();
    std::vector<std::unique_ptr<child_process>> all;
    for (int i = 0; i < contenders; ++i)
        all.push_back(std::make_unique<child_process>(
            strings{COTERIE_CONTENDER, server.url(), std::to_string(contenders), std::to_string(acquisitions), file}, strings{}));
    for (auto const& each : all)
        BOOST_TEST(each->wait(60s * slowdown()).value_or(-1) == 0, each->errors());

    std::ifstream written{file};
    std::map<std::string, int> counts;
    int when_first_is_done = 0;
    std::uint64_t last = 0;
    std::string who;
    for (std::uint64_t fence = 0; written >> who >> fence; last = fence)
    {
        BOOST_TEST(fence > last);
        if (++counts[who] == acquisitions && when_first_is_done == 0)
            when_first_is_done = std::ranges::min(counts | std::views::values);
    }
    BOOST_TEST(counts.size() == std::size_t{contenders});
    for (auto const& [name, count] : counts)
        BOOST_TEST(count == acquisitions);
    BOOST_TEST_MESSAGE(fmt::format("when the first one has {}, the last one has {}", acquisitions, when_first_is_done));
    BOOST_TEST(when_first_is_done >= acquisitions * 9 / 10);
}

BOOST_AUTO_TEST_CASE(a_killed_holder_s_lock_is_handed_over_within_100_ms_of_its_ttl)
{
    std::vector<long long> latenesses;
    live([&]() -> asio::awaitable<void> {
        group_connector waiting{connect(), {.group_name = "g"}};
        for (int i = 0; i < 10; ++i)
        {
            auto const holder = hold();
            auto const waits = std::make_shared<std::optional<std::pair<long long, lock>>>();
            waiting.async_lock("l", [waits](error_code, lock got) { *waits = {wall(), std::move(got)}; });
            co_await pause(milliseconds{30 * i});  // at different moments between two beats
            holder->kill();
            BOOST_TEST_REQUIRE(holder->wait().has_value());
            auto const end = deadlines("g").front();
            while (!*waits)
                co_await pause(1ms);
            latenesses.push_back((*waits)->first - end);
            BOOST_TEST(latenesses.back() >= 0);
            BOOST_TEST(latenesses.back() <= punctual * slowdown());
            co_await (*waits)->second.async_release();  // before the next holder is waited for, which stops this thread
        }
    });
    BOOST_TEST_MESSAGE(fmt::format("handed over after {} ms", fmt::join(latenesses, ", ")));
}

BOOST_AUTO_TEST_CASE(a_stopped_holder_learns_that_it_was_handed_over)
{
    live([&]() -> asio::awaitable<void> {
        group_connector waiting{connect(), tempo};
        auto const holder = hold();
        holder->freeze();
        auto next = co_await waiting.async_lock("l", {.wait = 10s * slowdown()});
        holder->thaw();
        BOOST_TEST(holder->wait().value_or(-1) == 76);
        auto const info = co_await waiting.async_inspect("l");
        BOOST_TEST(info->fence == next.fence());
        BOOST_TEST((next.state() == lock_state::held));
        co_await next.async_release();
    });
}

BOOST_AUTO_TEST_CASE(a_deadlock_is_named)
{
    live([&]() -> asio::awaitable<void> {
        group_connector one{connect(), {.group_name = "g"}};
        group_connector other{connect(), {.group_name = "g"}};
        auto first = co_await one.async_lock("a", {.member = "ann"});
        auto const second = co_await other.async_lock("b", {.member = "bob"});
        auto const finish = [](error_code, lock) {};
        one.async_lock("b", {.member = "ann"}, finish);
        other.async_lock("a", {.member = "bob"}, finish);
        auto info = co_await one.async_inspect("a");
        while (info->waiters.empty())
            info = co_await one.async_inspect("a");
        // (The program runs while this thread waits for it: our connectors beat before and after.)
        auto const lines = run({"inspect", "a", "--group", tempo.group_name}).lines;
        BOOST_TEST_REQUIRE(lines.size() == 3U);
        BOOST_TEST(lines[2] == "a  deadlock: bob waits for a, held by ann; ann waits for b, held by bob");
        auto const json = run({"inspect", "a", "--group", tempo.group_name, "--json"}).lines.at(0);
        BOOST_TEST(json.find(R"("deadlock":[{"member":"bob","session":")") != std::string::npos);
        co_await first.async_release();
    });
}

BOOST_AUTO_TEST_CASE(a_hundred_who_wait_while_the_server_restarts_empty)
{
    constexpr int waiters = 100;
    live(
        [&]() -> asio::awaitable<void> {
            std::vector<std::unique_ptr<group_connector>> all;
            for (int i = 0; i < 10; ++i)
                all.push_back(std::make_unique<group_connector>(connect(), tempo));
            auto held = co_await all.front()->async_lock("l");
            int got = 0;
            int inside = 0;
            std::uint64_t last = held.fence();
            auto const wait = [&](group_connector& group, std::string member) -> asio::awaitable<void> {
                auto mine = co_await group.async_lock("l", {.member = member});
                BOOST_TEST(++inside == 1);
                BOOST_TEST(mine.fence() > last);
                last = mine.fence();
                co_await pause(1ms);
                --inside;
                co_await mine.async_release();
                ++got;
            };
            for (int i = 0; i < waiters; ++i)
                asio::co_spawn(io, wait(*all[static_cast<std::size_t>(i) % all.size()], fmt::format("m{}", i)), asio::detached);
            co_await pause(300ms * slowdown());
            server.restart_empty();
            while (got == 0 && held.state() != lock_state::lost && deadlines("g").size() < all.size())
                co_await pause(1ms);
            co_await pause(1s);
            bool const kept = held.state() != lock_state::lost;  // he was back before his lease was over, and has confirmed
            BOOST_TEST_MESSAGE((kept ? "the holder kept his lock" : "the lock was lost"));
            BOOST_TEST((got == 0 || !kept));
            if (kept)
                co_await held.async_release();
            while (got < waiters)
                co_await pause(10ms);
            BOOST_TEST((held.state() == lock_state::lost));
            auto const info = co_await all.front()->async_inspect("l");
            BOOST_TEST(!info.has_value());
        },
        60s * slowdown());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
