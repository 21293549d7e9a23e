// Waiting for locks: in the order of those who came, fair between processes, given up, and never in the way of others.
#include "group_world.hpp"

#include <deque>

using namespace unit;
using coterie::lock;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_waiting, world)

BOOST_AUTO_TEST_CASE(a_release_hands_the_lock_to_who_waits_without_any_time_passing)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    BOOST_TEST(waits->times == 0);
    auto const now = clock->now();
    ok(held.async_release());
    settle();
    BOOST_REQUIRE(waits->good());
    BOOST_TEST((waits->at == now));
    BOOST_TEST(waits->value.fence() > held.fence());
    BOOST_TEST((waits->value.state() == lock_state::held));
    BOOST_TEST(ok(a->async_inspect("l"))->member == "b");
}

BOOST_AUTO_TEST_CASE(first_come_first_served_over_all_processes)
{
    std::deque<process*> all;
    for (int i = 0; i < 5; ++i)
        all.push_back(&make("p" + std::to_string(i)));
    auto held = ok((*all[0])->async_lock("l"));
    std::vector<std::shared_ptr<ending<lock>>> waits;
    for (auto const i : {3U, 1U, 4U, 2U})
    {
        waits.push_back(start((*all[i])->async_lock("l")));
        run_for(10ms);
    }
    auto fence = held.fence();
    ok(held.async_release());
    for (std::size_t i = 0; i < waits.size(); ++i)
    {
        settle();
        for (std::size_t k = 0; k < waits.size(); ++k)
            BOOST_TEST(waits[k]->times == (k <= i ? 1 : 0));
        BOOST_TEST(waits[i]->value.fence() > fence);
        fence = waits[i]->value.fence();
        ok(waits[i]->value.async_release());
    }
    BOOST_TEST(!ok((*all[0])->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(no_request_is_sent_while_waiting_but_one_a_beat)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    run_for(1s);
    int asked = 0;
    server.on_request([&](testing::request const& request) {
        asked += request.operation == "acquire" ? 1 : 0;
        return testing::request_fault{};
    });
    run_for(50s);
    BOOST_TEST(asked >= 9);
    BOOST_TEST(asked <= 11);
    BOOST_TEST(waits->times == 0);
}

BOOST_AUTO_TEST_CASE(ten_thousand_here_are_one_place_there)
{
    constexpr int many = 10'000;
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    std::vector<std::shared_ptr<ending<lock>>> waits;
    for (int i = 0; i < many; ++i)
        waits.push_back(start(b->async_lock("l")));
    run_for(1s);
    auto const dump = server.dump("default-group");
    std::size_t places = 0;
    for (auto at = dump.find("place "); at != std::string::npos; at = dump.find("place ", at + 1))
        ++places;
    BOOST_TEST(places == 1U);
    count_requests();
    requests = 0;
    auto fence = held.fence();
    ok(held.async_release());
    for (auto const& each : waits)
    {
        settle();
        BOOST_REQUIRE(each->good());
        BOOST_REQUIRE(each->value.fence() > fence);
        fence = each->value.fence();
        ok(each->value.async_release());
    }
    BOOST_TEST(requests < many / 4);
}

BOOST_AUTO_TEST_CASE(those_of_one_process_do_not_keep_others_waiting_for_ever)
{
    auto& a = make("a");
    auto& b = make("b");
    std::deque<std::shared_ptr<ending<lock>>> here;
    auto held = ok(a->async_lock("l"));
    for (int i = 0; i < 100; ++i)
        here.push_back(start(a->async_lock("l")));
    auto const there = start(b->async_lock("l"));
    settle();
    ok(held.async_release());
    int before = 0;
    for (settle(); there->times == 0; settle())
    {
        BOOST_REQUIRE(here.front()->good());
        ok(here.front()->value.async_release());
        here.pop_front();
        ++before;
    }
    BOOST_TEST(before <= 32);
}

BOOST_AUTO_TEST_CASE(who_waits_no_longer_gets_nothing_and_is_in_nobody_s_way)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& d = make("d");
    auto held = ok(a->async_lock("l"));
    auto const begin = clock->now();
    auto const late = start(b->async_lock("l", waiting(5s)));
    auto const patient = start(d->async_lock("l", waiting(60s)));
    run_until([&] { return late->times > 0; });
    BOOST_TEST((late->error == errc::timed_out));
    BOOST_TEST((late->at == begin + 5s));
    ok(held.async_release());
    settle();
    BOOST_TEST(patient->good());
    BOOST_TEST(!ok(b->async_release("l")));
}

BOOST_AUTO_TEST_CASE(a_cancelled_one_leaves_the_line)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& d = make("d");
    auto held = ok(a->async_lock("l"));
    auto const gone = start(b->async_lock("l"));
    run_for(10ms);
    auto const next = start(d->async_lock("l"));
    run_for(10ms);
    gone->cancel.emit(asio::cancellation_type::terminal);
    settle();
    BOOST_TEST((gone->error == asio::error::operation_aborted));
    ok(held.async_release());
    settle();
    BOOST_TEST(next->good());
}

// The grant is on its way, or here, when the caller goes: at every point of it.
BOOST_AUTO_TEST_CASE(a_grant_that_crosses_a_cancellation_passes_on)
{
    bool granted = false;
    for (int handlers = 0; !granted; ++handlers)
    {
        BOOST_REQUIRE(handlers < 1000);
        auto& a = make("a");
        auto& b = make("b");
        auto& d = make("d");
        auto held = ok(a->async_lock("l"));
        auto const first = start(b->async_lock("l"));
        run_for(10ms);
        auto const second = start(d->async_lock("l"));
        run_for(10ms);
        auto const released = start(held.async_release());
        for (int i = 0; i < handlers && first->times == 0; ++i)
            step();
        granted = first->times > 0;
        first->cancel.emit(asio::cancellation_type::terminal);
        settle();
        BOOST_TEST(first->times == 1);
        BOOST_TEST(released->good());
        BOOST_TEST_CONTEXT("cancelled after " << handlers << " handlers")
        {
            BOOST_TEST(second->good() == !first->good());
            BOOST_TEST((!first->good() || handlers > 0));  // (an answer that is under way goes on)
        }
        for (auto* each : {&a, &b, &d})
        {
            ok((*each)->async_close());
            for (auto* lock : {&first->value, &second->value, &held})
                *lock = coterie::lock{};
            settle();
        }
        BOOST_TEST(server.groups().empty());
        for (auto* each : {&a, &b, &d})
            forget(*each);
    }
}

BOOST_AUTO_TEST_CASE(holds_of_one_member_are_shared_by_those_who_wait_reentrantly)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(b->async_lock("l"));
    auto const first = start(a->async_lock("l", waiting(coterie::forever, "m", true)));
    auto const second = start(a->async_lock("l", waiting(coterie::forever, "m", true)));
    auto const other = start(a->async_lock("l", waiting(coterie::forever, "m")));
    run_for(1s);
    ok(held.async_release());
    settle();
    BOOST_REQUIRE(first->good());
    BOOST_REQUIRE(second->good());
    BOOST_TEST(first->value.fence() == second->value.fence());
    BOOST_TEST(other->times == 0);
    ok(first->value.async_release());
    BOOST_TEST((second->value.state() == lock_state::held));
    BOOST_TEST(ok(a->async_release("m", "l")));
    settle();
    BOOST_TEST(other->good());
}

BOOST_AUTO_TEST_CASE(a_try_answers_at_once_whoever_waits)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    auto const waits = start(b->async_lock("l"));
    settle();
    auto const now = clock->now();
    BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
    BOOST_TEST(!ok(a->async_try_lock("l")).has_value());
    BOOST_TEST((error_of(b->async_lock("l", waiting(0ms))) == errc::timed_out));
    BOOST_TEST((clock->now() == now));
    BOOST_TEST(waits->times == 0);
}

BOOST_AUTO_TEST_SUITE_END()
