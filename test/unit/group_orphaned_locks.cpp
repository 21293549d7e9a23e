// A lock that the store has granted and nobody here holds must not stay: whatever was lost, refused or too late on the way.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

namespace {

// Requests of one kind, in the order they come: what shall become of each.
std::function<testing::request_fault(testing::request const&)> script(std::string operation, std::vector<testing::request_fault> faults)
{
    return [operation, faults, next = std::size_t{0}](testing::request const& request) mutable {
        return request.operation == operation && next < faults.size() ? faults[next++] : testing::request_fault{};
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_orphaned_locks, world)

BOOST_AUTO_TEST_CASE(a_release_that_is_refused_goes_on_in_the_background)
{
    auto& a = make("a");
    auto& b = make("b");
    auto lock = ok(a->async_try_lock("l"));
    fail_next("unlock", {fault::refuse}, 3);
    BOOST_TEST((error_of(lock->async_release()) == errc::refused));
    run_for(1s);
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_handle_that_is_destroyed_is_given_back_though_refused_at_first)
{
    auto& a = make("a");
    auto& b = make("b");
    {
        auto const lock = ok(a->async_try_lock("l"));
        fail_next("unlock", {fault::refuse}, 3);
    }
    run_for(1s);
    BOOST_TEST(!ok(b->async_inspect("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_term_that_an_earlier_session_was_granted_in_silence)
{
    auto& a = make("a");
    fail_next("acquire", {fault::drop_after});
    auto const tried = start(a->async_try_lock("l", leased(24h)));
    run_for(100ms);
    server.refuse_connections(true);
    run_for(20s);  // the session is over; the term is not
    BOOST_TEST((tried->error == errc::outcome_unknown));
    server.refuse_connections(false);
    run_for(5s);
    BOOST_TEST(!stored("l"));
}

BOOST_AUTO_TEST_CASE(closed_while_it_is_not_known_whether_a_term_was_granted)
{
    auto& a = make("a");
    fail_next("acquire", {fault::drop_after});
    auto const tried = start(a->async_try_lock("l", leased(24h)));
    run_for(100ms);
    ok(a->async_close());
    BOOST_TEST((tried->error == errc::closed));
    BOOST_TEST(!stored("l"));
}

// The second one is granted what the first one does not know to have; undoing the first must not undo the second.
BOOST_AUTO_TEST_CASE(what_the_next_one_got_is_not_taken_from_him)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("a"));
    server.on_request(script("acquire", {{fault::disconnect_after}, {fault::refuse}}));
    auto const first = start(a->async_try_lock("l"));
    auto second = start(a->async_try_lock("l"));
    run_until([&] { return first->times + second->times == 2; });
    BOOST_TEST((first->error == errc::refused));
    BOOST_REQUIRE(second->good());
    BOOST_REQUIRE(second->value.has_value());
    run_for(3s);
    BOOST_TEST((second->value->state() == lock_state::held));
    auto const seen = ok(b->async_inspect("l"));
    BOOST_REQUIRE(seen.has_value());
    BOOST_TEST(seen->fence == second->value->fence());
}

BOOST_AUTO_TEST_CASE(a_grant_that_comes_too_late_does_not_hold_up_its_caller)
{
    auto& a = make("a");
    ok(a->async_join("a"));
    server.on_request([&](testing::request const& request) {
        testing::request_fault late;
        if (request.operation == "acquire")
            late.delay = 60ms;
        if (request.operation == "withdraw")
            late.what = fault::drop_before;
        return late;
    });
    auto const begin = clock->now();
    auto const tried = end_of(a->async_try_lock("l", leased(50ms)));
    BOOST_TEST(tried->error.failed());
    BOOST_TEST((tried->at - begin <= 4100ms));
    server.on_request({});
    run_for(3s);
    BOOST_TEST(!stored("l"));
}

BOOST_AUTO_TEST_SUITE_END()
