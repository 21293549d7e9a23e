// alone: it measures real time
// Processes that are killed or stopped: the others hear of it in time, and nobody else's lock is touched.
#include "world.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace coterie::test {
namespace {

struct crash_world : world
{
    strings const tempo{
        "--group", "g", "--heartbeat", fmt::format("{}ms", 200 * slowdown()), "--ttl", fmt::format("{}ms", 300 * slowdown())};

    auto start_in_tempo(strings words) const
    {
        words.insert(words.begin() + 1, tempo.begin(), tempo.end());
        return start(std::move(words));
    }

    auto join(std::string const& name) const
    {
        auto process = start_in_tempo({"join", name});
        BOOST_TEST_REQUIRE(process->line().has_value());
        return process;
    }

    // A lock held by a program that does nothing; the process has said that it began.
    auto hold(std::string const& name) const
    {
        auto process = start_in_tempo({"lock", name, "--", "sh", "-c", "echo ready; while :; do sleep 0.02; done"});
        BOOST_TEST_REQUIRE(process->line_with("ready").has_value());
        return process;
    }
};

// Tries until it is free.
asio::awaitable<lock> take(group_connector& group, std::string name)
{
    for (;;)
    {
        auto taken = co_await group.async_try_lock(name);
        if (taken)
            co_return std::move(*taken);
        co_await pause(2ms);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(crash, crash_world)

BOOST_AUTO_TEST_CASE(a_killed_member_is_announced_within_100_ms_of_its_ttl)
{
    std::vector<long long> latenesses;
    live([&]() -> asio::awaitable<void> {
        group_connector watching{connect(), {.group_name = "g"}};
        auto events = co_await watching.async_watch();
        names known;
        for (int i = 0; i < 10; ++i)
        {
            auto const name = fmt::format("m{}", i);
            auto const victim = join(name);
            co_await until(events, known, these(name));
            co_await pause(milliseconds{30 * i});  // at different moments between two beats
            victim->kill();
            BOOST_TEST_REQUIRE(victim->wait().has_value());
            auto const end = deadlines("g").front();
            co_await until(events, known, these());
            latenesses.push_back(wall() - end);
            BOOST_TEST(latenesses.back() >= 0);
            BOOST_TEST(latenesses.back() <= punctual * slowdown());
        }
    });
    BOOST_TEST_MESSAGE(fmt::format("announced after {} ms", fmt::join(latenesses, ", ")));
}

BOOST_AUTO_TEST_CASE(one_of_two_processes_under_one_name)
{
    live([&]() -> asio::awaitable<void> {
        group_connector watching{connect(), {.group_name = "g"}};
        auto events = co_await watching.async_watch();
        names known;
        auto const stays = join("twin");
        co_await until(events, known, these("twin"));
        auto const victim = join("twin");
        victim->kill();
        victim->wait();
        co_await pause(500ms * slowdown());
        BOOST_TEST(co_await listed(watching) == these("twin"));
        stays->terminate();
        co_await until(events, known, these());
    });
}

BOOST_AUTO_TEST_CASE(the_lock_of_a_killed_holder_is_free_at_its_ttl)
{
    std::vector<long long> latenesses;
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        auto const events = co_await group.async_watch();  // who listens ends the dead in time
        for (int i = 0; i < 5; ++i)
        {
            auto const holder = hold("a");
            auto const before = co_await group.async_inspect("a");
            BOOST_TEST_REQUIRE(before.has_value());
            holder->kill();
            BOOST_TEST_REQUIRE(holder->wait().has_value());
            auto const end = std::stoll(redis({"ZSCORE", "coterie:{g}:leases", before->session}).text);
            auto mine = co_await take(group, "a");
            latenesses.push_back(wall() - end);
            BOOST_TEST(latenesses.back() >= 0);
            BOOST_TEST(latenesses.back() <= punctual * slowdown());
            BOOST_TEST(mine.fence() > before->fence);
            co_await mine.async_release();
            while (deadlines("g").size() > 1)
                co_await pause(5ms);
        }
    });
    BOOST_TEST_MESSAGE(fmt::format("taken after {} ms", fmt::join(latenesses, ", ")));
}

BOOST_AUTO_TEST_CASE(a_stopped_holder_learns_that_it_lost)
{
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        auto const old = hold("a");
        auto const before = co_await group.async_inspect("a");
        BOOST_TEST_REQUIRE(before.has_value());
        old->freeze();
        auto const mine = co_await take(group, "a");
        BOOST_TEST(mine.fence() > before->fence);
        old->thaw();
        BOOST_TEST(old->wait().value_or(-1) == 76);
        BOOST_TEST(old->errors().find("a was lost") != std::string::npos);
        co_await pause(300ms * slowdown());

        BOOST_TEST((mine.state() == lock_state::held));
        auto const now = co_await group.async_inspect("a");
        BOOST_TEST_REQUIRE(now.has_value());
        BOOST_TEST(now->fence == mine.fence());
    });
}

BOOST_AUTO_TEST_CASE(a_member_that_was_stopped_comes_back)
{
    live([&]() -> asio::awaitable<void> {
        group_connector watching{connect(), {.group_name = "g"}};
        auto events = co_await watching.async_watch();
        names known;
        auto const sleeper = join("sleeper");
        co_await until(events, known, these("sleeper"));
        sleeper->freeze();
        co_await until(events, known, these());
        sleeper->thaw();
        co_await until(events, known, these("sleeper"));
        sleeper->terminate();
        BOOST_TEST(sleeper->wait().value_or(-1) == 0);
        co_await until(events, known, these());
    });
}

BOOST_AUTO_TEST_CASE(a_failed_try_changes_nothing)
{
    live([&]() -> asio::awaitable<void> {
        group_connector holder{connect(), {.group_name = "g"}};
        group_connector other{connect(), {.group_name = "g"}};
        auto const held = co_await holder.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        co_await other.async_join("other");  // its session is there before we look
        auto const info = co_await holder.async_inspect("a");
        auto const ends = redis({"PEXPIRETIME", "coterie:{g}:s:" + info->session}).number;
        auto const before = deadlines("g");
        for (int i = 0; i < 20; ++i)
        {
            auto const taken = co_await other.async_try_lock("a");
            BOOST_TEST(!taken.has_value());
            auto const reentrant = co_await other.async_try_lock("a", {.reentrant = true});
            BOOST_TEST(!reentrant.has_value());
        }
        BOOST_TEST(deadlines("g") == before, boost::test_tools::per_element());
        BOOST_TEST(redis({"PEXPIRETIME", "coterie:{g}:s:" + info->session}).number == ends);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
