// Readers and writers, permits, several locks at once, and what inspection tells.
#include "group_world.hpp"

using namespace unit;
using coterie::lock;
using coterie::lock_mode;
using coterie::lock_state;

namespace {

coterie::lock_options reading()
{
    coterie::lock_options options;
    options.mode = lock_mode::shared;
    return options;
}

coterie::permit_options one_of(std::uint32_t limit)
{
    coterie::permit_options options;
    options.limit = limit;
    return options;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_modes, world)

BOOST_AUTO_TEST_CASE(readers_share_writers_do_not)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& w = make("w");
    auto first = ok(a->async_lock("l", reading()));
    auto second = ok(b->async_lock("l", reading()));
    auto third = ok(b->async_lock("l", reading()));
    BOOST_TEST(!ok(w->async_try_lock("l")).has_value());
    auto const writes = start(w->async_lock("l"));
    run_for(10ms);
    auto const late = start(a->async_lock("l", reading()));  // the writer is not starved
    run_for(1s);
    BOOST_TEST(late->times == 0);
    ok(first.async_release());
    ok(second.async_release());
    settle();
    BOOST_TEST(writes->times == 0);
    ok(third.async_release());
    settle();
    BOOST_REQUIRE(writes->good());
    BOOST_TEST(writes->value.fence() > third.fence());
    ok(writes->value.async_release());
    settle();
    BOOST_TEST(late->good());
}

BOOST_AUTO_TEST_CASE(readers_of_one_process_who_wait_are_let_in_together_with_a_fence_each)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_lock("l"));
    std::vector<std::shared_ptr<ending<lock>>> readers;
    for (int i = 0; i < 50; ++i)
        readers.push_back(start(b->async_lock("l", reading())));
    run_for(1s);
    auto fence = held.fence();
    ok(held.async_release());
    run_for(1s);
    for (auto const& each : readers)
    {
        BOOST_REQUIRE(each->good());
        BOOST_TEST(each->value.fence() > fence);
        fence = each->value.fence();
    }
    auto const writes = start(a->async_lock("l"));
    for (auto const& each : readers)
    {
        settle();
        BOOST_TEST(writes->times == 0);
        ok(each->value.async_release());
    }
    settle();
    BOOST_TEST(writes->good());
}

BOOST_AUTO_TEST_CASE(as_many_permits_as_there_are)
{
    auto& a = make("a");
    auto& b = make("b");
    auto first = ok(a->async_acquire("p", one_of(3)));
    auto second = ok(a->async_acquire("p", one_of(3)));
    auto third = ok(b->async_acquire("p", one_of(3)));
    std::vector<std::shared_ptr<ending<lock>>> waits;
    for (int i = 0; i < 3; ++i)
        waits.push_back(start(b->async_acquire("p", one_of(3))));
    run_for(1s);
    BOOST_TEST(waits[0]->times == 0);
    ok(second.async_release());
    run_for(1s);
    BOOST_TEST(waits[0]->good());
    BOOST_TEST(waits[1]->times == 0);
    ok(first.async_release());
    a.runs = false;
    ok(third.async_release());
    run_for(1s);
    BOOST_TEST(waits[1]->good());
    BOOST_TEST(waits[2]->good());
    BOOST_TEST(ok(b->async_inspect("p"))->holders.size() == 3U);
    BOOST_TEST((ok(b->async_inspect("p"))->mode == lock_mode::permit));
}

BOOST_AUTO_TEST_CASE(a_release_by_name_gives_back_all_permits_of_a_member)
{
    auto& a = make("a");
    auto first = ok(a->async_acquire("p", one_of(2)));
    auto second = ok(a->async_acquire("p", one_of(2)));
    BOOST_TEST(ok(a->async_release("p")));
    BOOST_TEST((first.state() == lock_state::lost));
    BOOST_TEST((second.state() == lock_state::lost));
    BOOST_TEST(!ok(a->async_inspect("p")).has_value());
}

BOOST_AUTO_TEST_CASE(several_locks_are_one)
{
    auto& a = make("a");
    auto& b = make("b");
    auto one = ok(a->async_lock("m"));
    auto const all = start(b->async_lock_all({"n", "l", "m"}));
    run_for(1s);
    BOOST_TEST(all->times == 0);
    BOOST_TEST(!ok(a->async_try_lock("n")).has_value());
    ok(one.async_release());
    settle();
    BOOST_REQUIRE(all->good());
    BOOST_TEST((all->value.names() == names{"l", "m", "n"}));
    for (auto const* name : {"l", "m", "n"})
        BOOST_TEST(ok(a->async_inspect(name))->fence == all->value.fence());
    BOOST_TEST(ok(a->async_force_release("m")));
    run_for(6s);
    BOOST_TEST((all->value.state() == lock_state::lost));
    for (auto const* name : {"l", "m", "n"})
        BOOST_TEST(ok(a->async_try_lock(name)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_wanted_must_make_sense)
{
    auto& a = make("a");
    ok(a->async_join());
    count_requests();
    requests = 0;
    names const many(65, "x");
    names const twice{"x", "y", "x"};
    coterie::lock_options permit;
    permit.mode = lock_mode::permit;
    BOOST_TEST((error_of(a->async_lock_all(coterie::lock_names{})) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_lock_all(names{}, {})) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_lock_all(many, {})) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_lock_all(twice, {})) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_lock_all({"x", "{"})) == errc::bad_name));
    BOOST_TEST((error_of(a->async_lock("x", permit)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_acquire("x", one_of(0))) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_acquire("x", one_of(1'000'001))) == errc::bad_argument));
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(inspection_explains)
{
    auto& a = make("a");
    auto& b = make("b");
    coterie::lock_options again;
    again.reentrant = true;
    auto const first = ok(a->async_lock("l", again));
    auto const second = ok(a->async_lock("l", again));
    auto const writes = start(b->async_lock("l"));
    run_for(2s);
    auto const reads = start(b->async_lock("l", reading()));
    run_for(1s);
    auto const info = ok(a->async_inspect("l"));
    BOOST_REQUIRE(info.has_value());
    BOOST_TEST(info->member == "a");
    BOOST_TEST(info->holds == 2U);
    BOOST_TEST(info->fence == first.fence());
    BOOST_TEST((info->mode == lock_mode::exclusive));
    BOOST_REQUIRE(info->waiters.size() == 2U);
    BOOST_TEST(info->waiters[0].member == "b");
    BOOST_TEST((info->waiters[0].waiting == 3s));
    BOOST_TEST((info->waiters[0].mode == lock_mode::exclusive));
    BOOST_TEST((info->waiters[1].waiting == 1s));
    BOOST_TEST((info->waiters[1].mode == lock_mode::shared));
    BOOST_TEST(ok(b->async_inspect("l"))->holds == 0U);
}

BOOST_AUTO_TEST_CASE(a_deadlock_is_named)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const first = ok(a->async_lock("x"));
    auto second = ok(b->async_lock("y"));
    auto const one = start(a->async_lock("y"));
    run_for(1s);
    BOOST_TEST(ok(b->async_find_deadlock("y")).empty());
    auto const other = start(b->async_lock("x"));
    run_for(1s);
    auto const found = ok(b->async_find_deadlock("y"));
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].member == "a");
    BOOST_TEST(found[0].waits_for == "y");
    BOOST_TEST(found[0].held_by == "b");
    BOOST_TEST(found[1].member == "b");
    BOOST_TEST(found[1].waits_for == "x");
    BOOST_TEST(found[1].held_by == "a");
    ok(second.async_release());
    run_for(1s);
    BOOST_TEST(ok(b->async_find_deadlock("y")).empty());
    BOOST_TEST((error_of(b->async_find_deadlock("{")) == errc::bad_name));
}

BOOST_AUTO_TEST_CASE(a_deadlock_over_a_role_is_named)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const lock = ok(a->async_lock("x"));
    auto const leads = ok(b->async_campaign("r"));
    auto const campaign = start(a->async_campaign("r"));
    auto const other = start(b->async_lock("x"));
    run_for(1s);
    auto const found = ok(a->async_find_deadlock("x"));
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].waits_for == "x");
    BOOST_TEST(!found[0].role);
    BOOST_TEST(found[1].waits_for == "r");
    BOOST_TEST(found[1].role);
    BOOST_TEST(found[1].held_by == "b");
}

BOOST_AUTO_TEST_CASE(the_search_for_a_deadlock_ends_in_time)
{
    auto& a = make("a");
    auto& b = make("b");
    std::vector<coterie::lock> held;
    std::vector<std::shared_ptr<ending<coterie::lock>>> waits;
    for (auto const* name : {"1", "2", "3", "4", "5", "6", "7", "8"})
    {
        held.push_back(ok(a->async_lock(name)));
        waits.push_back(start(b->async_lock(name)));
    }
    run_for(1s);
    server.on_request([](testing::request const& request) {
        testing::request_fault slow;
        if (request.operation == "inspect")
            slow.delay = 1s;
        return slow;
    });
    auto const begin = clock->now();
    BOOST_TEST((error_of(b->async_find_deadlock("1")) == errc::timed_out));
    BOOST_TEST((clock->now() - begin <= 5s));
}

BOOST_AUTO_TEST_SUITE_END()
