// One client used from many threads at once: every operation, every getter, and handles that are destroyed wherever they happen to be.
#include "world.hpp"

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <atomic>
#include <future>
#include <thread>

namespace coterie::test {
namespace {

constexpr int workers = 16;
constexpr int pool_size = 4;

// Boost.Test is not for several threads: they count, and the test looks at the counts.
struct counts
{
    std::atomic<int> taken{0};
    std::atomic<int> inside{0};
    std::atomic<int> overlaps{0};
    std::atomic<int> failures{0};
    std::atomic<int> changes{0};
};

struct threads_world : world
{
    asio::thread_pool pool{pool_size};
    counts seen;

    // Destroyed on some thread, some time.
    template <class Handle>
    void drop_elsewhere(Handle handle)
    {
        asio::post(pool, [gone = std::make_shared<Handle>(std::move(handle))] {});
    }

    asio::awaitable<void> contend(group_connector& group, std::string member, steady::time_point end)
    {
        for (int i = 0; steady::now() < end; ++i)
        {
            auto held = co_await group.async_try_lock("a", {.member = member});
            if (!held)
                continue;
            ++seen.taken;
            seen.overlaps += seen.inside++ > 0 ? 1 : 0;
            if (held->state() == lock_state::lost || held->fence() == 0 || held->deadline() == clock::time_point{})
                ++seen.failures;
            --seen.inside;
            if (i % 2 == 0)
                co_await held->async_release();
            else
                drop_elsewhere(std::move(*held));
        }
    }

    asio::awaitable<void> come_and_go(group_connector& group, std::string name, steady::time_point end)
    {
        while (steady::now() < end)
        {
            co_await group.async_join(name, "1");
            co_await group.async_update(name, "2");
            co_await group.async_put(name, "value");
            auto const value = co_await group.async_get(name);
            auto const members = co_await group.async_members();
            bool const there = std::any_of(members.begin(), members.end(), [&](member const& each) { return each.name == name; });
            bool const left = co_await group.async_leave(name);
            seen.failures += value == "value" && there && left ? 0 : 1;
        }
    }

    asio::awaitable<void> look(group_connector& group, steady::time_point end)
    {
        while (steady::now() < end)
        {
            auto events = co_await group.async_watch();
            names known;
            for (int i = 0; i < 10 && steady::now() < end; ++i)
            {
                auto const [error, change] = co_await events.async_next(asio::cancel_after(20ms, as_tuple));
                seen.changes += change ? 1 : 0;
                if (change)
                    fold(known, *change);
                auto const copy = group.members();
                seen.failures += copy.size() > workers ? 1 : 0;
            }
            drop_elsewhere(std::move(events));
        }
    }

    static asio::awaitable<void> visit(client shared, std::string group_name, steady::time_point end)
    {
        while (steady::now() < end)
        {
            group_connector group{shared, {.group_name = group_name}};
            co_await group.async_join("x");
            auto const held = co_await group.async_try_lock("a");
            auto const events = co_await group.async_watch();
        }
    }

    // Hits, misses, generations that are cancelled and results that are invalidated, all at once.
    asio::awaitable<void> get_and_change(memo& results, std::atomic<int>& truth, int which, steady::time_point end)
    {
        auto const id = fmt::format("{}", which % 3);
        auto const generate = [&truth]() -> asio::awaitable<memo_result> {
            auto const now = std::to_string(truth.load());
            asio::steady_timer timer{co_await asio::this_coro::executor, 1ms};
            co_await timer.async_wait(asio::use_awaitable);
            co_return memo_result{now, 50ms};
        };
        for (int i = 0; steady::now() < end; ++i)
        {
            if (which == 0 && i % 50 == 0)
            {
                ++truth;
                for (auto const* each : {"0", "1", "2"})
                    co_await results.async_invalidate(each);
                continue;
            }
            auto const [error, value] = co_await results.async_get(
                id, 10s, generate, asio::cancel_after(i % 10 == 9 ? 1ms : 10'000ms, asio::as_tuple(asio::use_awaitable)));
            seen.failures += !error && std::stoi(*value) > truth ? 1 : 0;
            seen.taken += error ? 0 : 1;
        }
    }

    template <class Body>
    std::future<void> start(Body body)
    {
        return asio::co_spawn(asio::make_strand(pool), std::move(body), asio::use_future);  // cancel_after wants a strand
    }

    static void finish(std::vector<std::future<void>>& all)
    {
        for (auto& each : all)
        {
            BOOST_TEST_REQUIRE((each.wait_for(20s * slowdown()) == std::future_status::ready));
            each.get();
        }
    }

    void teardown()
    {
        pool.join();  // when there is no work left, and no earlier
        world::teardown();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(threads, threads_world)

BOOST_AUTO_TEST_CASE(one_client)
{
    client const shared{pool.get_executor(), server.url()};
    auto one = std::make_optional<group_connector>(
        shared, group_config{.group_name = "g", .heartbeat = 100ms * slowdown(), .ttl = 2s * slowdown()});
    auto two = std::make_optional<group_connector>(
        shared, group_config{.group_name = "g", .heartbeat = 100ms * slowdown(), .ttl = 2s * slowdown()});
    auto const end = steady::now() + 2s;
    std::vector<std::future<void>> all;
    for (int i = 0; i < workers; ++i)
    {
        auto& group = i % 2 == 0 ? *one : *two;
        auto const name = fmt::format("w{}", i);
        all.push_back(start(contend(group, name, end)));
        all.push_back(start(come_and_go(group, name, end)));
        if (i < 4)
            all.push_back(start(look(group, end)));
    }
    std::uint64_t beats = 0;
    while (steady::now() < end)
    {
        auto const now = shared.metrics();
        BOOST_TEST(now.beats >= beats);
        beats = now.beats;
        one->members();
        two->revision();
        std::this_thread::sleep_for(1ms);
    }
    finish(all);
    BOOST_TEST_MESSAGE(fmt::format("{} times taken, {} changes", seen.taken.load(), seen.changes.load()));
    BOOST_TEST(seen.taken > 10);
    BOOST_TEST(seen.changes > 10);
    BOOST_TEST(seen.overlaps == 0);
    BOOST_TEST(seen.failures == 0);
    BOOST_TEST_CHECKPOINT("closing");
    one.reset();  // one closes by itself, the other is asked to
    two->async_close(asio::use_future).get();
}

BOOST_AUTO_TEST_CASE(two_connectors_watch_one_group)
{
    live([&]() -> asio::awaitable<void> {
        auto const shared = connect();
        group_connector stays{shared, {.group_name = "g"}};
        std::optional<group_connector> goes{std::in_place, shared, group_config{.group_name = "g"}};
        group_connector other{connect(), {.group_name = "g"}};
        auto events = co_await stays.async_watch();
        std::optional<member_events> theirs = co_await goes->async_watch();
        theirs.reset();
        co_await goes->async_join("goes");  // behind the end of the watch
        co_await goes->async_close();
        co_await other.async_join("other");
        names known;
        auto const before = steady::now();
        co_await until(events, known, these("other"));
        BOOST_TEST(ms_since(before) < 1000);  // by push: the next beat is seconds away
    });
}

BOOST_AUTO_TEST_CASE(one_memo)
{
    client const shared{pool.get_executor(), server.url()};
    memo_config config;
    config.local_entries = 2;
    auto results = std::make_optional<memo>(shared, config);
    std::atomic<int> truth{0};
    auto const end = steady::now() + 2s;
    std::vector<std::future<void>> all;
    for (int i = 0; i < workers; ++i)
        all.push_back(start(get_and_change(*results, truth, i, end)));
    finish(all);
    for (auto const* each : {"0", "1", "2"})
        results->async_invalidate(each, asio::use_future).get();  // else it would be there a little longer
    auto const counted = shared.metrics();
    BOOST_TEST_MESSAGE(fmt::format("{} gets, {} at hand, {} generations", counted.memo_gets, counted.memo_local_hits, counted.generations));
    BOOST_TEST(seen.taken > 100);
    BOOST_TEST(counted.memo_local_hits > 0U);
    BOOST_TEST(counted.generations < counted.memo_gets / 2);
    BOOST_TEST(seen.failures == 0);
    results.reset();
}

BOOST_AUTO_TEST_CASE(connectors_come_and_go)
{
    client const shared{pool.get_executor(), server.url()};
    auto const end = steady::now() + 1500ms;
    std::vector<std::future<void>> all;
    for (int i = 0; i < workers; ++i)
        all.push_back(start(visit(shared, fmt::format("g{}", i % 3), end)));
    finish(all);
    BOOST_TEST(shared.metrics().sessions > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
