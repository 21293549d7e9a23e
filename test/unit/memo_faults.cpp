// A store that cannot be reached, answers late or never, or lost what it had.
#include "memo_world.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(memo_faults, memo_world)

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_reached_is_an_error_after_the_timeout)
{
    server.refuse_connections(true);
    auto& a = part();
    auto const then = clock->now();
    BOOST_TEST(end(a.async_get("x", 1min, makes("1")))->failed(errc::not_connected));
    BOOST_TEST((clock->now() - then == 4s));
    BOOST_TEST(end(a.async_get("x", 100ms, makes("1")))->failed(errc::timed_out));
    BOOST_TEST(end(a.async_get("x", 0s, makes("1")))->failed(errc::not_connected));
    BOOST_TEST((error_of(a.async_store("x", "1", 1s)) == errc::not_connected));
    BOOST_TEST(begun == 0);
    auto const later = want(a.async_get("x", 1min, makes("2")));
    run_for(2s);
    server.refuse_connections(false);
    BOOST_TEST(all_ended(std::vector{later}));
    BOOST_TEST(later->is("2"));
}

BOOST_AUTO_TEST_CASE(one_that_answers_nothing_too)
{
    auto& a = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->is("1"));
    server.freeze();
    auto const failed = end(a.async_get("x", 1min, makes("1")));
    BOOST_TEST((failed->failed(errc::outcome_unknown) || failed->failed(errc::not_connected)), *failed);
    server.thaw();
    BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("1"));
}

BOOST_AUTO_TEST_CASE(open_on_failure_means_generating_once_a_process)
{
    memo_config config;
    config.fail_open = true;
    server.refuse_connections(true);
    auto& a = part(config);
    std::vector<std::shared_ptr<got>> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(want(a.async_get("x", 10s, makes("1"))));
    auto const then = clock->now();
    BOOST_TEST(all_ended(all));
    for (auto const& one : all)
        BOOST_TEST(one->is("1"), *one);
    BOOST_TEST(begun == 1);
    BOOST_TEST((clock->now() - then < 1s));
    BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("2"));  // nothing is kept
    auto const broken = end(a.async_get("x", 10s, makes("2", {10ms, 1s, "no such table"})));
    BOOST_TEST(broken->words == "no such table");
    BOOST_TEST(end(a.async_get_external("x", 10s, []() -> asio::awaitable<void> { co_return; }))->failed(errc::not_connected));
    server.refuse_connections(false);
    run_for(2s);
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("3"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("4")))->is("3"));
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_is_an_error_or_not)
{
    memo_config config;
    config.fail_open = true;
    auto& a = part();
    auto& b = part(config);
    fail_next("memo_look", {.what = fault::refuse}, 1000);
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->failed(errc::refused));
    BOOST_TEST(end(b.async_get("x", 10s, makes("1")))->is("1"));
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_given_all_the_same)
{
    auto& a = part();
    auto& b = part();
    fail_next("memo_publish", {.what = fault::refuse});
    auto const first = want(a.async_get("x", 10s, makes("1", {100ms, 1min})));
    run_for(50ms);
    auto const elsewhere = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first}));
    BOOST_TEST(first->is("1"), *first);
    auto const then = clock->now();
    BOOST_TEST(all_ended(std::vector{elsewhere}));
    BOOST_TEST(elsewhere->is("2"));
    BOOST_TEST((clock->now() - then < 100ms));  // the lease was given up
}

BOOST_AUTO_TEST_CASE(lost_news_are_made_good_at_the_end_of_the_lease)
{
    memo_config config;
    config.lock_timeout = 1s;
    auto& a = part(config);
    auto& b = part(config);
    auto const first = want(a.async_get("x", 10s, makes("1", {100ms, 1min})));
    run_for(50ms);
    auto const then = clock->now();
    auto const second = want(b.async_get("x", 10s, makes("2")));
    run_for(20ms);
    server.drop_pushes(true);
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST(second->is("1"), *second);
    BOOST_TEST((clock->now() - then < 1100ms));
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(news_that_overtake_the_reply_they_belong_to_are_not_missed)
{
    auto const waiting = who_dies_generates();
    server.on_request([looks = 0](testing::request const& which) mutable {
        bool const hears_that_the_other_generates = which.operation == "memo_look" && ++looks == 2;
        return testing::request_fault{.reply_delay = hears_that_the_other_generates ? 200ms : 0ms};
    });
    BOOST_TEST(all_ended(waiting.both));
    for (auto const& each : waiting.both)
        BOOST_TEST(each->is("2"));
    BOOST_TEST(begun == 2);
    BOOST_TEST((clock->now() - waiting.lease_ends < 300ms));
}

BOOST_AUTO_TEST_CASE(news_that_come_late_answer_nobody_who_came_after)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {100ms, 1min})));
    run_for(50ms);
    auto const waiting = want(b.async_get("x", 10s, makes("2")));
    run_for(20ms);
    server.on_push([](testing::push const&) { return testing::push_fault{.delay = 1s}; });
    BOOST_TEST(all_ended(std::vector{first}));
    ok(a.async_invalidate("x"));
    auto const here = want(b.async_get("x", 10s, makes("2", {5s, 1min})));  // sees a free lease, and generates
    BOOST_TEST(all_ended(std::vector{waiting, here}));
    BOOST_TEST(here->is("2"), *here);
}

BOOST_AUTO_TEST_CASE(whichever_request_fails_everybody_is_answered_and_rightly)
{
    for (auto const* operation : {"memo_look", "memo_publish", "watch"})
        for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
            for (int skip = 0; skip < 4; ++skip)
            {
                auto const id = std::string{operation} + std::to_string(static_cast<int>(what)) + std::to_string(skip);
                memo_config config;
                config.lock_timeout = 3s;
                auto& a = part(config);
                auto& b = part(config);
                fail_next(operation, {.what = what}, 1, skip);
                auto const first = want(a.async_get(id, 1min, makes("1", {100ms, 1min})));
                auto const second = want(b.async_get(id, 1min, makes("1", {100ms, 1min})));
                run_for(50ms);
                auto const third = want(b.async_get(id, 1min, makes("1", {100ms, 1min})));
                BOOST_TEST_CONTEXT(id)
                {
                    BOOST_TEST(all_ended(std::vector{first, second, third}));
                    for (auto const& one : {first, second, third})
                        BOOST_TEST(one->is("1"), *one);
                }
                BOOST_TEST(end(b.async_get(id, 1min, makes("2")))->is("1"));
            }
}

BOOST_AUTO_TEST_CASE(wherever_the_caller_cancels_nothing_stays)
{
    int ends = 0;
    for (int steps = 0; steps < 60; ++steps)
    {
        auto const id = std::to_string(steps);
        auto& a = part();
        auto& b = part();
        auto const first = want(a.async_get(id, 1min, makes("1", {0ms, 1min})));
        auto const other = want(b.async_get(id, 1min, makes("1", {0ms, 1min})));
        for (int i = 0; i < steps && (step() || clock->advance_to_next()); ++i)
            continue;
        first->cancel.emit(asio::cancellation_type::terminal);
        auto const then = clock->now();
        BOOST_TEST(all_ended(std::vector{first, other}));
        BOOST_TEST((first->is("1") || first->error == asio::error::operation_aborted), *first);
        BOOST_TEST(other->is("1"), *other);
        BOOST_TEST((clock->now() - then < 1s));
        ends += first->words.empty() ? 0 : 1;
    }
    BOOST_TEST(ends > 5);
    BOOST_TEST(running == 0);
}

BOOST_AUTO_TEST_SUITE_END()
