// What a review found: callers who come at the wrong moment, stores that go at the wrong moment.
#include "memo_world.hpp"

using namespace unit;

namespace {

memo_config open_on_failure()
{
    memo_config config;
    config.fail_open = true;
    config.lock_timeout = 2s;
    return config;
}

memo_config early(double beta)
{
    memo_config config;
    config.early_refresh = beta;
    return config;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_corners, memo_world)

BOOST_AUTO_TEST_CASE(open_on_failure_answers_also_who_waited_for_another)
{
    auto& a = part(open_on_failure());
    auto& b = part(open_on_failure());
    auto const other = want(a.async_get("x", 1min, makes("1", {1h, 1min})));
    run_for(50ms);
    auto const waiting = want(b.async_get("x", 1min, makes("2")));
    run_for(50ms);
    server.refuse_connections(true);
    server.disconnect_all();
    BOOST_TEST(all_ended(std::vector{waiting}));
    BOOST_TEST(waiting->is("2"), *waiting);
    BOOST_TEST(begun == 2);
    auto const first = want(b.async_get("y", 1min, makes("3", {1s, 1min})));
    run_for(500ms);
    auto const refreshing = want(b.async_get("y", 1min, makes("4", {1s, 1min}), {.refresh = true}));
    auto const late = want(b.async_get("y", 1min, makes("4", {1s, 1min})));
    BOOST_TEST(all_ended(std::vector{first, refreshing, late}));
    BOOST_TEST((first->is("3") && refreshing->is("4") && late->is("4")));
    BOOST_TEST(begun == 4);
    auto const failing = end(b.async_get("z", 1min, makes("5", {10ms, 1s, "no such table"})));
    BOOST_TEST(failing->words == "no such table");
    BOOST_TEST(begun == 5);
}

BOOST_AUTO_TEST_CASE(open_on_failure_gives_nothing_outdated_to_who_comes_late)
{
    auto& a = part(open_on_failure());
    auto& b = part();
    server.refuse_connections(true);
    auto const first = want(a.async_get("x", 1min, makes("old", {5s, 1min})));
    run_for(100ms);
    BOOST_TEST(running == 1);
    server.refuse_connections(false);
    run_for(2s);
    ok(b.async_invalidate("x"));
    BOOST_TEST(running == 1);
    auto const second = want(a.async_get("x", 1min, makes("new")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST(first->is("old"));
    BOOST_TEST(second->is("new"), *second);
}

BOOST_AUTO_TEST_CASE(who_is_with_him_while_he_generates_waits_as_long)
{
    auto& a = part(open_on_failure());
    server.refuse_connections(true);
    auto const first = want(a.async_get("x", 1min, makes("1", {6s, 1min})));
    auto const second = want(a.async_get("x", 1min, makes("2", {6s, 1min})));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is("1") && second->is("1")), *second);
}

BOOST_AUTO_TEST_CASE(who_was_answered_generates_no_more)
{
    auto& a = part(open_on_failure());
    BOOST_TEST(end(a.async_get("other", 1min, makes("0")))->is("0"));
    fail_next("memo_look", {.what = fault::refuse, .delay = 100ms});
    auto const gone = want(a.async_get("x", 1min, makes("1")));
    run_for(50ms);
    gone->cancel.emit(asio::cancellation_type::terminal);
    run_for(1s);
    BOOST_TEST((gone->error == asio::error::operation_aborted));
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(who_comes_during_an_early_refresh_is_not_held_up)
{
    auto& a = part(early(100));
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {1s, 10s})))->is("0"));
    server.on_request(
        [](testing::request const& which) { return testing::request_fault{.delay = which.operation == "memo_look" ? 20ms : 0ms}; });
    for (int i = 0; i < 10; ++i)
    {
        auto const first = want(a.async_get("x", 10s, makes("1", {3s, 10s, "no such table"})));
        run_for(30ms);  // the second look is under way
        auto const then = clock->now();
        auto const second = want(a.async_get("x", 0s, makes("2")));
        auto const third = want(a.async_get("x", 10s, makes("2")));
        BOOST_TEST(all_ended(std::vector{second, third}));
        BOOST_TEST((second->is("0") && third->is("0")), *second << ", " << *third);
        BOOST_TEST((clock->now() - then < 100ms));
        first->cancel.emit(asio::cancellation_type::terminal);
        run_for(1ms);
        BOOST_TEST(all_ended(std::vector{first}));
    }
}

BOOST_AUTO_TEST_CASE(who_comes_during_a_background_generation_is_not_held_up)
{
    memo_config config;
    config.stale = 1h;
    auto& a = part(config);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {10ms, 1s})))->is("0"));
    run_for(2s);
    server.on_request(
        [](testing::request const& which) { return testing::request_fault{.delay = which.operation == "memo_look" ? 20ms : 0ms}; });
    auto const first = want(a.async_get("x", 10s, makes("1", {3s, 1h})));
    run_for(10ms);
    auto const then = clock->now();
    auto const second = want(a.async_get("x", 1s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is("0") && second->is("0")));
    BOOST_TEST((clock->now() - then < 100ms));
    BOOST_TEST(begun == 2);
}

BOOST_AUTO_TEST_CASE(who_draws_an_early_refresh_has_at_least_what_is_there)
{
    auto& a = part(early(100));
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {1s, 100s})))->is("0"));
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(end(a.async_get("x", 0s, makes("1")))->is("0"));
    for (auto const what : {fault::refuse, fault::drop_before, fault::disconnect_before})
        for (int i = 0; i < 5; ++i)
        {
            BOOST_TEST(end(b.async_get("x", 10s, makes("0", {1s, 100s}), {.refresh = true}))->is("0"));
            fail_next("memo_look", {.what = what}, 1, 1);
            auto const drawn = end(a.async_get("x", 10s, makes("0")));
            BOOST_TEST(drawn->is("0"), *drawn);
            server.on_request({});
            run_for(3s);
        }
}

BOOST_AUTO_TEST_CASE(closing_ends_what_others_should_have_stored)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    int started = 0;
    auto const first = want(a.async_get_external("x", coterie::forever, [&]() -> asio::awaitable<void> {
        ++started;
        // Deaf to cancellation.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await testing::async_sleep(clock, 500ms, asio::use_awaitable);
    }));
    auto const second = want(a.async_get_external("x", coterie::forever, []() -> asio::awaitable<void> { co_return; }));
    run_for(100ms);
    ok(a.async_close());
    run_for(20s);
    BOOST_TEST((first->failed(errc::closed) && second->failed(errc::closed)));
    BOOST_TEST(started == 1);
}

BOOST_AUTO_TEST_CASE(a_burst_leaves_no_subscriptions)
{
    memo_config config;
    config.local_entries = 1;
    auto& a = part(config);
    auto& b = part();
    std::vector<std::shared_ptr<got>> all;
    for (int round = 0; round < 3; ++round)
    {
        for (int i = 0; i < 8; ++i)
            all.push_back(want(a.async_get(std::to_string(i), 10s, makes("1"))));
        BOOST_TEST(all_ended(all));
    }
    ok(a.async_close());
    run_for(1s);
    int pushes = 0;
    server.on_push([&](testing::push const&) {
        ++pushes;
        return testing::push_fault{};
    });
    for (int i = 0; i < 8; ++i)
        ok(b.async_store(std::to_string(i), "2", 1min));
    run_for(1s);
    BOOST_TEST(pushes == 0);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_while_the_store_says_nothing)
{
    auto& a = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->is("1"));
    server.freeze();
    auto const then = clock->now();
    auto const late = end(a.async_get("x", 100ms, makes("1")));
    BOOST_TEST(late->failed(errc::timed_out));
    BOOST_TEST((late->at - then == 100ms));
}

BOOST_AUTO_TEST_CASE(a_wait_of_more_than_a_life_is_for_ever)
{
    auto& a = part();
    auto const other = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    auto const waiting = want(a.async_get("x", coterie::forever - 1ms, makes("2")));
    BOOST_TEST(all_ended(std::vector{other, waiting}));
    BOOST_TEST(waiting->is("1"), *waiting);
}

// The push of a value comes after its invalidation was answered, and somebody has come in between.
BOOST_AUTO_TEST_CASE(late_news_are_not_for_who_came_after_a_change)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    auto& b = part(config);
    int started = 0;
    auto const start = [&]() -> asio::awaitable<void> {
        ++started;
        co_await testing::async_sleep(clock, 500ms, asio::use_awaitable);
    };
    auto const first = want(a.async_get_external("x", 1min, start));
    BOOST_TEST(run_until([&] { return started == 2; }));  // by now its news are heard
    run_for(100ms);
    server.on_push([](testing::push const&) { return testing::push_fault{.delay = 410ms}; });  // so they come just when start has ended
    ok(b.async_store("x", "old", 1min));
    ok(a.async_invalidate("x"));
    auto const late = want(a.async_get_external("x", 1min, start));
    fail_next("memo_look", {.delay = 100ms}, 100);
    run_for(3s);
    BOOST_TEST(late->times == 0);
    server.on_push({});
    ok(b.async_store("x", "new", 1min));
    BOOST_TEST(all_ended(std::vector{late}));
    BOOST_TEST(late->is("new"), *late);
}

BOOST_AUTO_TEST_SUITE_END()
