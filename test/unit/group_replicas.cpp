// A lock that is not granted before enough replicas have it.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

namespace {

coterie::lock_options safe(std::uint32_t replicas)
{
    coterie::lock_options options;
    options.min_replicas = replicas;
    return options;
}

void answer_late(testing::memory_server& server)
{
    server.on_request([](testing::request const& request) {
        testing::request_fault fault;
        if (request.operation == "replicate")
            fault.delay = 500ms;
        return fault;
    });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_replicas, world)

BOOST_AUTO_TEST_CASE(enough_replicas_have_it)
{
    server.replicas(2);
    auto& a = make("a");
    coterie::permit_options permit;
    permit.min_replicas = 1;
    coterie::campaign_options campaign;
    campaign.min_replicas = 2;
    auto const lock = ok(a->async_lock("l", safe(2)));
    auto const second = ok(a->async_acquire("p", permit));
    auto const term = ok(a->async_campaign("r", "", campaign));
    run_for(1min);
    BOOST_TEST((lock.state() == lock_state::held));
    BOOST_TEST((second.state() == lock_state::held));
    BOOST_TEST((term.state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(too_few_have_it_and_it_is_given_back)
{
    server.replicas(1);
    auto& a = make("a");
    auto& b = make("b");
    BOOST_TEST((error_of(a->async_lock("l", safe(2))) == errc::not_replicated));
    BOOST_TEST((error_of(a->async_try_lock("l", safe(2))) == errc::not_replicated));
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(whoever_waits_behind_is_served_all_the_same)
{
    auto& a = make("a");
    auto& b = make("b");
    auto held = ok(b->async_lock("l"));
    auto const picky = start(a->async_lock("l", safe(1)));
    run_for(1s);
    auto const behind = start(a->async_lock("l"));
    run_for(1s);
    ok(held.async_release());
    run_for(1s);
    BOOST_TEST((picky->error == errc::not_replicated));
    BOOST_TEST(behind->good());
}

BOOST_AUTO_TEST_CASE(a_wait_for_replicas_may_fail_in_every_way)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::refuse, fault::disconnect_before, fault::disconnect_after})
    {
        world w;
        w.server.replicas(1);
        auto& a = w.make("a");
        auto& b = w.make("b");
        w.ok(a->async_join());
        w.fail_next("replicate", {what});
        auto const locked = w.start(a->async_lock("l", safe(1)));
        w.run_for(10s);
        BOOST_TEST(locked->times == 1);
        BOOST_TEST((locked->good() || locked->error == errc::not_replicated || locked->error == errc::refused));
        if (locked->good())
            w.ok(locked->value.async_release());
        BOOST_TEST(w.ok(b->async_try_lock("l")).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_cancelled_caller_leaves_nothing)
{
    auto& a = make("a");
    auto& b = make("b");
    server.replicas(1);
    ok(a->async_join());
    answer_late(server);
    auto const locked = start(a->async_lock("l", safe(1)));
    run_for(100ms);
    locked->cancel.emit(asio::cancellation_type::total);
    run_for(1s);
    BOOST_TEST((locked->error == asio::error::operation_aborted));
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(closing_meanwhile_leaves_nothing)
{
    auto& a = make("a");
    server.replicas(1);
    ok(a->async_join());
    answer_late(server);
    auto const locked = start(a->async_lock("l", safe(1)));
    run_for(100ms);
    ok(a->async_close());
    run_for(1s);
    BOOST_TEST((locked->error == errc::closed));
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(a_lock_taken_by_force_meanwhile_is_not_handed_out)
{
    auto& a = make("a");
    auto& b = make("b");
    server.replicas(1);
    ok(a->async_join());
    answer_late(server);
    auto const locked = start(a->async_lock("l", safe(1)));
    run_for(100ms);
    BOOST_TEST(ok(b->async_force_release("l")));
    auto const other = ok(b->async_lock("l"));
    run_for(20s);
    BOOST_TEST(!locked->good());
    BOOST_TEST((other.state() == lock_state::held));
}

// It stood when the replicas were asked, and is taken before they answer; and its session is resumed meanwhile, on the same connection.
BOOST_AUTO_TEST_CASE(nor_one_that_is_taken_by_force_while_the_answer_is_on_its_way)
{
    auto& a = make("a");
    auto& b = make("b");
    server.replicas(1);
    ok(a->async_join());
    bool asked = false;
    server.on_request([&](testing::request const& request) {
        asked = asked || request.operation == "replicate";
        return testing::request_fault{};
    });
    auto const locked = start(a->async_lock("l", safe(1)));
    while (!asked)
        step();
    a.runs = false;  // the answer is there, and waits
    BOOST_TEST(ok(b->async_force_release("l")));
    auto const other = ok(b->async_lock("l"));
    a.runs = true;
    run_for(20s);
    BOOST_TEST((other.state() == lock_state::held));
    BOOST_TEST((!locked->good() || locked->value.state() == lock_state::lost));
}

// A push is no more than a reason to ask: what it tells may have been taken by force meanwhile.
BOOST_AUTO_TEST_CASE(nor_one_whose_grant_was_on_its_way_when_it_was_taken)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    server.replicas(1);
    auto held = ok(b->async_lock("l"));
    auto const waits = start(a->async_lock("l", safe(1)));
    run_for(1s);
    server.on_push([](testing::push const& push) {
        testing::push_fault late;
        if (push.revision == 0)
            late.delay = 300ms;
        return late;
    });
    ok(held.async_release());
    auto const granted = ok(c->async_inspect("l"))->fence;
    BOOST_TEST(ok(c->async_force_release("l")));
    run_for(1s);
    BOOST_REQUIRE(waits->good());
    BOOST_TEST(waits->value.fence() > granted);
    BOOST_TEST(ok(c->async_inspect("l"))->fence == waits->value.fence());
}

BOOST_AUTO_TEST_SUITE_END()
