// One generates, the others wait: in one process and in several.
#include "memo_world.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(memo_get, memo_world)

BOOST_AUTO_TEST_CASE(what_was_generated_is_kept_for_its_ttl)
{
    auto& a = part();
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {10ms, 5s})))->is("1"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("1"));
    BOOST_TEST(end(b.async_get("x", 10s, makes("3")))->is("1"));
    BOOST_TEST(end(b.async_get("y", 10s, makes("4")))->is("4"));
    run_for(5s);
    BOOST_TEST(end(b.async_get("x", 10s, makes("5")))->is("5"));
    BOOST_TEST(begun == 3);
}

BOOST_AUTO_TEST_CASE(a_negative_result_is_one_with_a_ttl_of_its_own)
{
    auto& a = part();
    auto& b = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes(std::nullopt, {10ms, 1s})))->is_negative());
    BOOST_TEST(end(b.async_get("x", 10s, makes("1")))->is_negative());
    run_for(1s);
    BOOST_TEST(end(b.async_get("x", 10s, makes("1")))->is("1"));
    BOOST_TEST(end(a.async_get("empty", 10s, makes("")))->is(""));
    BOOST_TEST(end(b.async_get("empty", 10s, makes("1")))->is(""));
}

BOOST_AUTO_TEST_CASE(many_callers_in_two_processes_and_one_generation)
{
    auto& a = part();
    auto& b = part();
    std::vector<std::shared_ptr<got>> all;
    for (int i = 0; i < 20; ++i)
    {
        all.push_back(want(a.async_get("x", 10s, makes("1"))));
        all.push_back(want(b.async_get("x", 10s, makes("1"))));
    }
    auto const then = clock->now();
    BOOST_TEST(all_ended(all));
    for (auto const& one : all)
        BOOST_TEST(one->is("1"), *one);
    BOOST_TEST(begun == 1);
    BOOST_TEST((clock->now() - then < 100ms));  // told, not found out
}

BOOST_AUTO_TEST_CASE(who_comes_while_it_is_generated_gets_it)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    run_for(500ms);
    auto const second = want(a.async_get("x", 10s, makes("2")));
    auto const third = want(b.async_get("x", 10s, makes("3")));
    BOOST_TEST(all_ended(std::vector{first, second, third}));
    BOOST_TEST((first->is("1") && second->is("1") && third->is("1")));
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(what_is_published_between_looking_and_waiting_is_not_missed)
{
    auto& a = part();
    auto& b = part();
    BOOST_TEST(end(b.async_get("other", 10s, makes("0")))->is("0"));  // connected
    auto const first = want(a.async_get("x", 10s, makes("1", {50ms, 1min})));
    run_for(10ms);
    fail_next("watch", {.delay = 200ms});  // by then it is published
    auto const then = clock->now();
    auto const second = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST(second->is("1"), *second);
    BOOST_TEST((second->at - then >= 200ms && second->at - then < 250ms));
}

BOOST_AUTO_TEST_CASE(the_error_of_a_generator_reaches_everybody_at_once_and_the_next_one_generates)
{
    auto& a = part();
    auto& b = part();
    std::vector<std::shared_ptr<got>> here;
    std::vector<std::shared_ptr<got>> there;
    for (int i = 0; i < 3; ++i)
        here.push_back(want(a.async_get("x", 10s, makes("1", {100ms, 1min, "no such table"}))));
    run_for(50ms);
    for (int i = 0; i < 3; ++i)
        there.push_back(want(b.async_get("x", 10s, makes("1", {100ms, 1min, "no such table"}))));
    BOOST_TEST(all_ended(here));
    auto const then = clock->now();
    BOOST_TEST(all_ended(there));
    BOOST_TEST((clock->now() - then < 20ms));
    for (auto const& one : here)
        BOOST_TEST(one->words == "no such table");
    for (auto const& one : there)
    {
        BOOST_TEST(one->failed(errc::generator_failed));
        BOOST_TEST(one->words.starts_with("no such table"), one->words);
    }
    BOOST_TEST(begun == 1);
    auto const next = end(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(next->is("2"), *next);
    BOOST_TEST((next->at - then < 100ms));
}

BOOST_AUTO_TEST_CASE(when_the_process_dies_somebody_takes_over_at_the_end_of_the_lease)
{
    auto const waiting = who_dies_generates();
    BOOST_TEST(all_ended(waiting.both));
    for (auto const& each : waiting.both)
        BOOST_TEST(each->is("2"));
    BOOST_TEST(begun == 2);
    BOOST_TEST((clock->now() - waiting.lease_ends < 100ms));
}

BOOST_AUTO_TEST_CASE(when_the_caller_cancels_another_takes_over_at_once)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    auto const second = want(a.async_get("x", 10s, makes("2")));
    run_for(50ms);
    auto const third = want(b.async_get("x", 10s, makes("2")));
    run_for(50ms);
    BOOST_TEST(running == 1);
    first->cancel.emit(asio::cancellation_type::total);
    auto const then = clock->now();
    run_until([&] { return first->times > 0; });
    BOOST_TEST((first->error == asio::error::operation_aborted));
    BOOST_TEST(cancelled == 1);  // its end was awaited: what the generator refers to may go now
    BOOST_TEST(all_ended(std::vector{second, third}));
    BOOST_TEST((second->is("2") && third->is("2")));
    BOOST_TEST((clock->now() - then < 100ms));
    BOOST_TEST(begun == 2);
}

BOOST_AUTO_TEST_CASE(in_another_process_too)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1h, 1min})));
    run_for(50ms);
    auto const second = want(b.async_get("x", 10s, makes("2")));
    run_for(50ms);
    auto const then = clock->now();
    first->cancel.emit(asio::cancellation_type::terminal);
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST(second->is("2"));
    BOOST_TEST((clock->now() - then < 100ms));
}

BOOST_AUTO_TEST_CASE(who_only_waits_is_answered_at_once_when_he_cancels)
{
    auto& a = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {1s, 1min})));
    auto const second = want(a.async_get("x", 10s, makes("2")));
    run_for(50ms);
    second->cancel.emit(asio::cancellation_type::partial);
    settle();
    BOOST_TEST((second->error == asio::error::operation_aborted));
    BOOST_TEST(cancelled == 0);
    BOOST_TEST(all_ended(std::vector{first}));
    BOOST_TEST(first->is("1"));
}

BOOST_AUTO_TEST_CASE(a_wait_ends_and_ones_own_generator_has_its_time)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10ms, makes("1", {3s, 1min})));
    run_for(1s);
    auto const then = clock->now();
    auto const second = want(b.async_get("x", 500ms, makes("2")));
    auto const third = want(a.async_get("x", 300ms, makes("3")));
    auto const fourth = want(b.async_get("x", 0s, makes("4")));
    BOOST_TEST(all_ended(std::vector{first, second, third, fourth}));
    BOOST_TEST(first->is("1"), *first);
    BOOST_TEST((second->failed(errc::timed_out) && third->failed(errc::timed_out) && fourth->failed(errc::timed_out)));
    BOOST_TEST((second->at - then == 500ms && third->at - then == 300ms && fourth->at - then < 50ms));
    BOOST_TEST(end(b.async_get("x", 0s, makes("5")))->is("1"));
    BOOST_TEST(end(b.async_get("y", 0s, makes("6")))->is("6"));
}

BOOST_AUTO_TEST_CASE(a_ttl_of_nothing_is_for_those_who_wait)
{
    auto& a = part();
    auto& b = part();
    auto const first = want(a.async_get("x", 10s, makes("1", {100ms, 0ms})));
    run_for(50ms);
    auto const second = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is("1") && second->is("1")));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("3"));
}

BOOST_AUTO_TEST_CASE(what_is_too_large_for_a_push_is_fetched)
{
    auto& a = part();
    auto& b = part();
    std::string const large(100'000, 'x');
    auto const first = want(a.async_get("x", 10s, makes(large)));
    run_for(5ms);
    auto const second = want(b.async_get("x", 10s, makes("2")));
    BOOST_TEST(all_ended(std::vector{first, second}));
    BOOST_TEST((first->is(large) && second->is(large)));
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_before_anything_is_sent)
{
    auto& a = part();
    count_requests();
    for (std::string const& id : {std::string{}, std::string(513, 'x'), std::string{"a{b"}, std::string{"a}b"}, std::string{"a\nb"}})
    {
        BOOST_TEST(end(a.async_get(id, 10s, makes("1")))->failed(errc::bad_name));
        BOOST_TEST((error_of(a.async_store(id, "1", 1s)) == errc::bad_name));
        BOOST_TEST((error_of(a.async_invalidate(id)) == errc::bad_name));
    }
    BOOST_TEST(end(a.async_get("x", -1ms, makes("1")))->failed(errc::bad_argument));
    BOOST_TEST((error_of(a.async_store("x", "1", 0ms)) == errc::bad_argument));
    BOOST_TEST((error_of(a.async_store("x", "1", 36'501 * 24h)) == errc::bad_argument));
    BOOST_TEST((error_of(a.async_store("x", std::string(64 * 1024 * 1024 + 1, 'x'), 1s)) == errc::too_large));
    BOOST_TEST(begun == 0);
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(what_a_generator_gives_is_checked)
{
    auto& a = part();
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {0ms, -1ms})))->failed(errc::bad_argument));
    BOOST_TEST(end(a.async_get("x", 10s, makes("1", {0ms, 36'501 * 24h})))->failed(errc::bad_argument));
    BOOST_TEST(end(a.async_get("x", 10s, makes(std::string(64 * 1024 * 1024 + 1, 'x'))))->failed(errc::too_large));
    BOOST_TEST(end(a.async_get("x", 10s, makes(std::string(64 * 1024 * 1024, 'x'))))->times == 1);
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->value.value().size() == 64U * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(bad_configurations_name_the_field)
{
    auto& p = make("unused");
    auto const field = [&](auto change) {
        memo_config config;
        change(config);
        try
        {
            memo{*p.client, config};
        }
        catch (std::invalid_argument const& error)
        {
            return std::string{error.what()}.substr(0, std::string{error.what()}.find_first_of(": "));
        }
        return std::string{};
    };
    BOOST_TEST(field([](auto& c) { c.tag = ""; }) == "tag");
    BOOST_TEST(field([](auto& c) { c.tag = "a{"; }) == "tag");
    BOOST_TEST(field([](auto& c) { c.lock_timeout = 1ms; }) == "lock_timeout");
    BOOST_TEST(field([](auto& c) { c.ttl_jitter = 1; }) == "ttl_jitter");
    BOOST_TEST(field([](auto& c) { c.stale = -1ms; }) == "stale");
    BOOST_TEST(field([](auto& c) { c.early_refresh = -1; }) == "early_refresh");
    BOOST_TEST(field([](auto& c) { c.local_ttl = 0ms; }) == "local_ttl");
    BOOST_TEST(field([](auto&) {}) == "");
}

BOOST_AUTO_TEST_CASE(results_of_other_tags_and_ids_are_others)
{
    memo_config other;
    other.tag = "default-tag:x";
    auto& a = part();
    auto& b = part(other);
    BOOST_TEST(end(a.async_get("x", 10s, makes("1")))->is("1"));
    BOOST_TEST(end(b.async_get("x", 10s, makes("2")))->is("2"));
    BOOST_TEST(end(a.async_get("x:x", 10s, makes("3")))->is("3"));
}

BOOST_AUTO_TEST_SUITE_END()
