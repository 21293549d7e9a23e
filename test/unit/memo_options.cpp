// Leases that are renewed, results that others store, refreshing, and what ends a result or an operation.
#include "memo_world.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(memo_options, memo_world)

BOOST_AUTO_TEST_CASE(a_renewed_lease_keeps_the_others_waiting)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    auto& b = part(config);
    std::uint64_t fence = 0;
    auto const first = want(a.async_get_renewable("x", 10s, [&](memo_lease& lease) -> asio::awaitable<memo_result> {
        fence = lease.fence();
        co_await lease.async_renew(5s, asio::use_awaitable);
        co_await testing::async_sleep(clock, 4s, asio::use_awaitable);
        co_await lease.async_renew(10ms, asio::use_awaitable);  // shortens nothing
        co_await testing::async_sleep(clock, 500ms, asio::use_awaitable);
        co_return memo_result{"1", 1min};
    }));
    auto const second = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is("1") && second->is("1")));
    BOOST_TEST(fence > 0U);
    BOOST_TEST(begun == 0);
}

BOOST_AUTO_TEST_CASE(a_late_renewal_is_an_error_and_what_comes_late_is_not_kept)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    auto const metrics_of_first = [&one = last()] { return one.count(); };
    auto& b = part(config);
    error_code renewed;
    auto const first = want(a.async_get_renewable("x", 10s, [&](memo_lease& lease) -> asio::awaitable<memo_result> {
        co_await testing::async_sleep(clock, 2s, asio::use_awaitable);
        auto const [late] = co_await lease.async_renew(5s, asio::as_tuple(asio::use_awaitable));
        renewed = late;
        auto const [bad] = co_await lease.async_renew(0ms, asio::as_tuple(asio::use_awaitable));
        BOOST_TEST((bad == errc::bad_argument));
        co_return memo_result{"late", 1min};
    }));
    auto const second = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((renewed == errc::lost));
    BOOST_TEST(first->is("late"));  // it was right when he had come
    BOOST_TEST(metrics_of_first().lost_generations == 1U);
    BOOST_TEST(second->is("2"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("2"));
}

BOOST_AUTO_TEST_CASE(an_outside_store_resolves_everybody)
{
    auto& a = part();
    auto& b = part();
    auto& c = part();
    int started = 0;
    auto const start = [&]() -> asio::awaitable<void> {
        ++started;
        co_return;
    };
    std::vector<std::shared_ptr<got>> all;
    for (int i = 0; i < 3; ++i)
    {
        all.push_back(want(a.async_get_external("x", 10s, start)));
        all.push_back(want(b.async_get_external("x", 10s, start)));
    }
    run_for(1s);
    BOOST_TEST(started == 1);
    BOOST_TEST(all[0]->times == 0);
    ok(c.async_store("x", "1", 1min));
    auto const then = clock->now();
    BOOST_TEST(all_ended(all));
    for (auto const& one : all)
        BOOST_TEST(one->is("1"), *one);
    BOOST_TEST((clock->now() - then < 20ms));
    BOOST_TEST(end(a.async_get_external("x", 10s, start))->is("1"));
    BOOST_TEST(started == 1);
}

BOOST_AUTO_TEST_CASE(what_nobody_stores_is_started_again_when_the_lease_ends)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    int started = 0;
    auto const first = want(a.async_get_external("x", 10s, [&]() -> asio::awaitable<void> {
        if (++started == 3)
            ok_later.push_back(start(a.async_store("x", "1", 1min)));
        co_return;
    }));
    BOOST_TEST(all_ended(std::vector{first}));
    BOOST_TEST(first->is("1"));
    BOOST_TEST(started == 3);
    auto const late = end(a.async_get_external("y", 500ms, []() -> asio::awaitable<void> { co_return; }));
    BOOST_TEST(late->failed(errc::timed_out));
    auto const broken = end(a.async_get_external("z", 10s, []() -> asio::awaitable<void> {
        throw std::runtime_error{"no worker"};
        co_return;
    }));
    BOOST_TEST(broken->words == "no worker");
}

BOOST_AUTO_TEST_CASE(who_stores_takes_the_lease_away)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    run_for(100ms);
    auto const second = want(b.async_get("x", 10s, makes("2")));
    run_for(100ms);
    ok(b.async_store("x", "stored", 1min));
    BOOST_TEST(all_ended(std::vector{second}));
    BOOST_TEST(second->is("stored"));
    BOOST_TEST(all_ended(std::vector{first}));
    BOOST_TEST(first->is("1"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("stored"));
    ok(b.async_store("x", std::nullopt, 1min));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is_negative());
}

BOOST_AUTO_TEST_CASE(after_an_invalidation_nobody_gets_what_was_before)
{
    auto& a = part();
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->is("1"));
    BOOST_TEST(ok(b.async_invalidate("x")));
    BOOST_TEST(!ok(b.async_invalidate("x")));
    auto const before = want(a.async_get("x", 10s, makes("2", {1s, 1min})));
    run_for(100ms);
    ok(b.async_invalidate("x"));
    auto const here = want(a.async_get("x", 10s, makes("3")));
    auto const there = want(b.async_get("x", 10s, makes("3")));
    BOOST_TEST(all_ended(std::vector{before, here, there}));
    BOOST_TEST(before->is("2"));
    BOOST_TEST(here->is("3"), *here);
    BOOST_TEST(there->is("3"), *there);
    BOOST_TEST(end(a.async_get("x", 10s, makes("4")))->is("3"));
}

BOOST_AUTO_TEST_CASE(who_refreshes_gets_what_is_generated_after_he_came)
{
    auto& a = part();
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->is("1"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("2"), {.refresh = true}))->is("2"));
    BOOST_TEST(end(b.async_get("x", 10s, makes("0")))->is("2"));
    auto const first = want(a.async_get("x", 10s, makes("3", {1s, 1min}), {.refresh = true}));
    run_for(100ms);
    auto const here = want(a.async_get("x", 10s, makes("4"), {.refresh = true}));
    auto const there = want(b.async_get("x", 10s, makes("4"), {.refresh = true}));
    auto const plain = end(b.async_get("x", 10s, makes("0")));
    BOOST_TEST(plain->is("2"));  // it is still fresh
    BOOST_TEST(first->times == 0);
    BOOST_TEST(all_ended(std::vector{first, here, there}));
    BOOST_TEST(first->is("3"));
    BOOST_TEST(here->is("4"), *here);
    BOOST_TEST(there->is("4"), *there);
    BOOST_TEST(begun == 4);
}

BOOST_AUTO_TEST_CASE(also_where_nothing_is_kept_yet)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    run_for(100ms);
    auto const here = want(a.async_get("x", 10s, makes("2"), {.refresh = true}));
    auto const there = want(b.async_get("x", 10s, makes("2"), {.refresh = true}));
    BOOST_TEST(all_ended(std::vector{first, here, there}));
    BOOST_TEST((first->is("1") && here->is("2") && there->is("2")));
    BOOST_TEST(begun == 2);
}

BOOST_AUTO_TEST_CASE(stale_results_are_given_at_once_while_one_is_generated)
{
    memo_config config;
    config.stale = 10s;
    auto& a = part(config);
    auto& b = part(config);
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {10ms, 2s})))->is("1"));
    run_for(3s);
    auto const then = clock->now();
    auto const first = want(a.async_get("x", 10s, makes("2", {1s, 2s})));
    auto const second = want(b.async_get("x", 10s, makes("0")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is("1") && second->is("1")));
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("1"));
    BOOST_TEST((clock->now() - then < 50ms));
    BOOST_TEST(begun == 2);
    run_for(1s);
    BOOST_TEST(end(b.async_get("x", 10s, makes("0")))->is("2"));
    run_for(13s);  // too old
    BOOST_TEST(end(b.async_get("x", 10s, makes("3")))->is("3"));
    BOOST_TEST(begun == 3);
}

BOOST_AUTO_TEST_CASE(who_does_not_want_stale_results_waits)
{
    memo_config config;
    config.stale = 10s;
    auto& a = part(config);
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {10ms, 2s})))->is("1"));
    run_for(3s);
    BOOST_TEST(end(b.async_get("x", 10s, makes("2")))->is("2"));
}

BOOST_AUTO_TEST_CASE(a_background_generation_that_fails_is_logged_and_tried_by_the_next)
{
    memo_config config;
    config.stale = 10s;
    auto& a = part(config);
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {10ms, 2s})))->is("1"));
    run_for(3s);
    BOOST_TEST(end(a.async_get("x", 10s, makes("2", {10ms, 2s, "no such table"})))->is("1"));
    run_for(100ms);
    BOOST_TEST(last().logged("no such table"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("1"));
    run_for(100ms);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("3"));
}

BOOST_AUTO_TEST_CASE(early_refresh_generates_before_the_end_and_holds_nobody_up)
{
    memo_config config;
    config.early_refresh = 1;
    auto& a = part(config);
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {1s, 10s})))->is("0"));
    int early = 0;
    auto const made = clock->now();
    while (clock->now() - made < 9900ms && early == 0)
    {
        auto const drawn = want(a.async_get("x", 10s, makes("1", {1s, 10s})));
        run_for(20ms);
        if (drawn->times == 0)  // it is he
        {
            ++early;
            BOOST_TEST(end(b.async_get("x", 10s, makes("2")))->is("0"));
            auto const beside = want(a.async_get("x", 10s, makes("2", {1s, 10s})));
            run_for(30ms);
            BOOST_TEST(beside->is("0"), *beside);
            BOOST_TEST(all_ended(std::vector{drawn}));
            BOOST_TEST(drawn->is("1"), *drawn);
        }
        run_for(30ms);
    }
    BOOST_TEST(early == 1);  // 200 draws: it fails once in a life
    BOOST_TEST((clock->now() - made > 1s));
}

BOOST_AUTO_TEST_CASE(who_refreshes_early_and_fails_has_what_was_there)
{
    memo_config config;
    config.early_refresh = 100;
    auto& a = part(config);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {1s, 10s})))->is("0"));
    for (int i = 0; i < 100 && begun == 1; ++i)  // nine of ten draw it
    {
        auto const kept = end(a.async_get("x", 10s, makes("1", {1s, 10s, "no such table"})));
        BOOST_TEST(kept->is("0"), *kept);
    }
    BOOST_TEST(begun == 2);
    auto const then = clock->now();
    BOOST_TEST(end(a.async_get("x", 10s, makes("2"), {.refresh = true}))->is("2"));
    BOOST_TEST((clock->now() - then < 100ms));  // he gave the lease up
}

BOOST_AUTO_TEST_CASE(nobody_refreshes_early_while_another_generates)
{
    memo_config config;
    config.early_refresh = 100;
    auto& a = part(config);
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("0", {1s, 10s})))->is("0"));
    auto const other = want(b.async_get("x", 10s, makes("1", {3s, 10s}), {.refresh = true}));
    run_for(50ms);
    for (int i = 0; i < 20; ++i)  // nine of ten draw it
    {
        auto const then = clock->now();
        BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("0"));
        BOOST_TEST((clock->now() - then < 50ms));
    }
    BOOST_TEST(begun == 2);
    BOOST_TEST(all_ended(std::vector{other}));
}

BOOST_AUTO_TEST_CASE(a_jitter_spreads_the_ends)
{
    memo_config config;
    config.ttl_jitter = 0.5;
    auto& a = part(config);
    std::vector<std::shared_ptr<got>> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(want(a.async_get(std::to_string(i), 10s, makes("1", {0ms, 100s}))));
    BOOST_TEST(all_ended(all));
    auto const there = [&] {
        int result = 0;
        for (int i = 0; i < 100; ++i)
            result += end(a.async_get_external(std::to_string(i), 0s, []() -> asio::awaitable<void> {
                          throw std::runtime_error{"gone"};
                          co_return;
                      }))->is("1");
        return result;
    };
    run_for(49s);
    BOOST_TEST(there() == 100);
    run_for(25s);
    auto const left = there();
    BOOST_TEST((left > 20 && left < 80));
    run_for(26s);
    BOOST_TEST(there() == 0);
}

BOOST_AUTO_TEST_CASE(closing_answers_everybody_when_their_generators_have_ended)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1h, 1min})));
    auto const second = want(a.async_get("x", 10s, makes("2")));
    run_for(50ms);
    auto const elsewhere = want(b.async_get("x", 1min, makes("3")));
    run_for(50ms);
    ok(a.async_close());
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->failed(errc::closed) && second->failed(errc::closed)));
    BOOST_TEST(cancelled == 1);
    auto const then = clock->now();
    BOOST_TEST(all_ended(std::vector{elsewhere}));
    BOOST_TEST(elsewhere->is("3"));
    BOOST_TEST((clock->now() - then < 100ms));
    BOOST_TEST(end(a.async_get("x", 10s, makes("4")))->failed(errc::closed));
    BOOST_TEST((error_of(a.async_store("x", "4", 1s)) == errc::closed));
    BOOST_TEST((error_of(a.async_invalidate("x")) == errc::closed));
}

BOOST_AUTO_TEST_CASE(a_memo_that_is_destroyed_is_closed)
{
    auto& p = make("unused");
    std::shared_ptr<got> first;
    {
        memo gone{*p.client};
        first = want(gone.async_get("x", 10s, makes("1", {1h, 1min})));
        run_for(50ms);
        BOOST_TEST(running == 1);
    }
    BOOST_TEST(all_ended(std::vector{first}));
    BOOST_TEST(first->failed(errc::closed));
    BOOST_TEST(cancelled == 1);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_leaks_nothing)
{
    auto& a = part();
    want(a.async_get("x", 10s, makes("1", {1h, 1min})));
    want(a.async_get("x", 10s, makes("1", {1h, 1min})));
    run_for(50ms);  // the sanitizer looks
}

BOOST_AUTO_TEST_SUITE_END()
