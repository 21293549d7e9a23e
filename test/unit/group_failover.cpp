// A replica takes over that has not heard of the last things: what its clients had given up before does not come back to stay.
#include "group_reader.hpp"

using namespace unit;

namespace {

coterie::permit_options one_at_a_time()
{
    coterie::permit_options options;
    options.limit = 1;
    return options;
}

struct failover_world : world
{
    // The replica has heard of everything up to now, and of nothing after.
    void fail_over_to_what_was(std::function<void()> const& meanwhile)
    {
        server.copy_to_replica();
        meanwhile();
        run_for(10ms);
        server.fail_over();
        run_for(2s);  // everybody has reconnected
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_failover, failover_world)

BOOST_AUTO_TEST_CASE(a_released_lock_is_free)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(b->async_join());
    auto held = ok(a->async_try_lock("l"));
    auto const old = held->fence();
    fail_over_to_what_was([&] { ok(held->async_release()); });
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
    auto const again = ok(a->async_lock("l", waiting(1min, "other")));
    BOOST_TEST(again.fence() > old);
}

BOOST_AUTO_TEST_CASE(a_place_that_was_given_up_is_in_nobodys_way)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    auto held = ok(c->async_try_lock("l"));
    auto const first = start(a->async_lock("l", waiting(1h)));
    auto permit = ok(a->async_acquire("p", one_at_a_time()));
    run_for(10ms);
    auto const second = start(b->async_lock("l", waiting(1h)));
    run_for(10ms);
    fail_over_to_what_was([&] {
        first->cancel.emit(asio::cancellation_type::total);
        ok(permit.async_release());
    });
    BOOST_TEST(second->times == 0);
    ok(b->async_acquire("p", one_at_a_time()));
    ok(held->async_release());
    BOOST_TEST(run_until([&] { return second->good(); }, 1s));
}

BOOST_AUTO_TEST_CASE(what_is_held_or_waited_for_stays)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(a->async_try_lock("l"));
    auto const permit = ok(a->async_acquire("p", one_at_a_time()));
    auto const waits = start(b->async_lock("l", waiting(1h)));
    run_for(10ms);
    ok(a->async_join("m"));
    fail_over_to_what_was([] {});
    BOOST_TEST((held->state() == coterie::lock_state::held));
    BOOST_TEST((permit.state() == coterie::lock_state::held));
    BOOST_TEST(names_of(ok(b->async_members())) == names{"m"}, boost::test_tools::per_element());
    BOOST_TEST(ok(b->async_inspect("l"))->waiters.size() == 1U);
    ok(held->async_release());
    BOOST_TEST(run_until([&] { return waits->good(); }, 1s));
}

BOOST_AUTO_TEST_CASE(who_has_left_is_away_and_that_is_told)
{
    auto& a = make("a");
    auto& b = make("b");
    reader reads{ok(b->async_watch())};
    reads.read_on();
    ok(a->async_join("m"));
    ok(a->async_join("n"));
    fail_over_to_what_was([&] { BOOST_TEST(ok(a->async_leave("m"))); });
    BOOST_TEST(names_of(ok(b->async_members())) == names{"n"}, boost::test_tools::per_element());
    BOOST_TEST(reads.members() == names{"n"}, boost::test_tools::per_element());
}

// Nothing was lost, and whoever gives it back while the server is away must not be told so.
BOOST_AUTO_TEST_CASE(what_is_under_way_is_not_done_by_somebody_else)
{
    auto& a = make("a");
    auto held = ok(a->async_try_lock("l"));
    auto permit = ok(a->async_acquire("p", one_at_a_time()));
    ok(a->async_join("m"));
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(100ms);
    auto const release = start(held->async_release());
    auto const return_permit = start(permit.async_release());
    auto const leave = start(a->async_leave("m"));
    run_for(100ms);
    server.refuse_connections(false);
    BOOST_TEST(run_until([&] { return release->times + return_permit->times + leave->times == 3; }, 3s));
    BOOST_TEST(!release->error, release->error.message());
    BOOST_TEST(!return_permit->error, return_permit->error.message());
    BOOST_TEST((leave->good() && leave->value));
    BOOST_TEST(!stored("l"));
}

BOOST_AUTO_TEST_SUITE_END()
