#include "memory_world.hpp"

using namespace memory_unit;

BOOST_FIXTURE_TEST_SUITE(memory_faults, server_world)

BOOST_AUTO_TEST_CASE(a_dropped_request_breaks_the_connection_after_the_response_timeout)
{
    settle();
    once({.what = fault::drop_before});
    auto const begin = clock->now();
    auto const opened = one.submit(one.open());
    auto const behind = one.submit(one.beat());
    clock->run_until(io, [&] { return one.ups == 2; });
    BOOST_TEST((clock->now() - begin >= 1500ms));
    BOOST_TEST((clock->now() - begin < 1600ms));
    BOOST_TEST((opened->error == errc::outcome_unknown));
    BOOST_TEST((behind->error == errc::outcome_unknown));
    BOOST_TEST(opened->times == 1);
    BOOST_TEST(one.downs == 1);
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(a_dropped_reply_took_effect)
{
    settle();
    once({.what = fault::drop_after});
    auto const opened = one.submit(one.open());
    clock->run_until(io, [&] { return one.ups == 2; });
    BOOST_TEST((opened->error == errc::outcome_unknown));
    BOOST_TEST(server.groups() == std::vector<std::string>{"g"}, boost::test_tools::per_element());
    auto const resumed = one.submit(one.open(true));
    settle();
    resumed->as<store::open>();
}

BOOST_AUTO_TEST_CASE(disconnects_are_told_at_once)
{
    settle();
    for (auto const kind : {fault::disconnect_before, fault::disconnect_after})
    {
        auto const begin = clock->now();
        once({.what = kind});
        auto const opened = one.submit(one.open());
        settle();
        BOOST_TEST((opened->error == errc::outcome_unknown));
        BOOST_TEST(server.groups().empty() == (kind == fault::disconnect_before));
        BOOST_TEST((clock->now() == begin));
        clock->run(io);
    }
    BOOST_TEST(one.ups == 3);
    BOOST_TEST(one.downs == 2);
}

BOOST_AUTO_TEST_CASE(a_refusal_keeps_its_words_and_the_connection)
{
    settle();
    once({.what = fault::refuse, .words = "NOPERM not you"});
    auto const opened = one.submit(one.open());
    settle();
    BOOST_TEST((opened->error == errc::refused));
    BOOST_TEST(opened->error.message().find("NOPERM not you") != std::string::npos);
    BOOST_TEST(one.downs == 0);
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(a_failover_undoes_what_the_replica_lacked)
{
    settle();
    one.submit(one.open());
    one.submit(one.join("before"));
    settle();
    server.copy_to_replica();
    one.submit(one.join("after"));
    settle();
    BOOST_TEST(server.dump("g").find("after") != std::string::npos);
    server.fail_over();
    BOOST_TEST(server.dump("g").find("before") != std::string::npos);
    BOOST_TEST(server.dump("g").find("after") == std::string::npos);
    BOOST_TEST(clock->run_until(io, [&] { return one.ups == 2; }));
    server.fail_over();  // with nothing: the replica is the server now
    BOOST_TEST(server.groups().empty());
}

// What generations are for.
BOOST_AUTO_TEST_CASE(a_delayed_request_of_an_old_connection_does_nothing)
{
    settle();
    one.submit(one.open());
    settle();
    once({.delay = 3s});
    auto const late = one.submit(one.join("ghost"));
    server.disconnect_all();
    clock->run_until(io, [&] { return one.ups == 2; });
    BOOST_TEST((late->error == errc::outcome_unknown));
    one.submit(one.open(true));
    settle();
    BOOST_TEST(clock->timers() == 1);
    clock->run_for(io, 4s);
    BOOST_TEST(server.dump("g").find("ghost") == std::string::npos);
    BOOST_TEST(late->times == 1);
}

BOOST_AUTO_TEST_CASE(requests_of_one_connection_keep_their_order)
{
    settle();
    once({.delay = 500ms});
    auto const opened = one.submit(one.open());
    auto const joined = one.submit(one.join("m"));
    clock->run_for(io, 499ms);
    BOOST_TEST(joined->times == 0);
    clock->run_for(io, 1ms);
    opened->as<store::open>();
    BOOST_TEST(joined->as<store::join>().matched == 1);
}

BOOST_AUTO_TEST_CASE(a_request_does_not_overtake_one_that_is_just_due)
{
    settle();
    once({.delay = 500ms});
    auto const opened = one.submit(one.open());
    clock->advance(500ms);
    auto const joined = one.submit(one.join("m"));
    settle();
    opened->as<store::open>();
    BOOST_TEST(joined->as<store::join>().matched == 1);
}

BOOST_AUTO_TEST_CASE(a_frozen_server_answers_when_it_thaws)
{
    settle();
    server.freeze();
    auto const opened = one.submit(one.open());
    clock->run_for(io, 1s);
    BOOST_TEST(opened->times == 0);
    server.thaw();
    settle();
    opened->as<store::open>();
}

BOOST_AUTO_TEST_CASE(a_server_frozen_for_long_does_later_what_it_got)
{
    settle();
    server.freeze();
    auto const opened = one.submit(one.open());
    clock->run_for(io, 10s);
    BOOST_TEST((opened->error == errc::outcome_unknown));
    BOOST_TEST(one.ups == 1);
    BOOST_TEST(one.downs > 2);
    server.thaw();
    clock->run_for(io, 3s);
    BOOST_TEST(one.ups == 2);
    BOOST_TEST(server.groups().size() == 1u);
    BOOST_TEST(opened->times == 1);
}

BOOST_AUTO_TEST_CASE(a_refused_connection_is_tried_again_with_growing_pauses)
{
    settle();
    server.refuse_connections(true);
    server.disconnect_all();
    clock->run_for(io, 20s);
    BOOST_TEST(one.ups == 1);
    BOOST_TEST((one.last_down == errc::not_connected));
    BOOST_TEST(one.downs > 20);
    BOOST_TEST(one.downs < 60);
    server.refuse_connections(false);
    clock->run_for(io, 1s);
    BOOST_TEST(one.ups == 2);
}

BOOST_AUTO_TEST_CASE(pushes_can_be_lost_doubled_and_late)
{
    using kind = testing::push_fault::kind;
    settle();
    one.watch();
    one.submit(one.open());
    server.on_push([](testing::push const& push) {
        testing::push_fault what;
        what.what = push.index == 1 ? kind::drop : push.index == 2 ? kind::duplicate : kind::none;
        what.delay = push.index == 3 ? 1s : 0s;
        return what;
    });
    one.submit(one.join("a"));
    one.submit(one.join("b"));
    one.submit(one.join("c"));
    settle();
    BOOST_REQUIRE(one.events.size() == 2);
    BOOST_TEST((one.events[0] == one.events[1]));
    clock->run_for(io, 1s);
    BOOST_TEST(one.events.size() == 3);
    server.drop_pushes(true);
    one.submit(one.join("d"));
    settle();
    BOOST_TEST(one.events.size() == 3);
}

BOOST_AUTO_TEST_CASE(lost_data_means_a_new_epoch_and_later_revisions)
{
    settle();
    auto const before = one.submit(one.open());
    auto const first = one.submit(one.join("m"));
    settle();
    server.lose_data();
    auto const gone = one.submit(one.beat());
    auto const after = one.submit(one.open());
    auto const second = one.submit(one.join("m"));
    settle();
    BOOST_TEST((gone->error == errc::lost));
    BOOST_TEST(before->as<store::open>().epoch != after->as<store::open>().epoch);
    BOOST_TEST(first->as<store::join>().event->id <= second->as<store::join>().event->id);
}

BOOST_AUTO_TEST_CASE(a_full_server_refuses_what_needs_memory)
{
    settle();
    one.submit(one.open());
    one.submit(one.join("m"));
    auto const locked = one.submit(store::lock{one.who(), "l", "m"});
    settle();
    auto const fence = locked->as<store::lock>().fence;
    server.full(true);
    std::vector const refused{one.submit(one.join("n")), one.submit(store::lock{one.who(), "k", "m"}),
                              one.submit(store::put{one.who(), "p", "v", store::lifetime::persistent, {}, false})};
    auto const beat = one.submit(one.beat());
    auto const unlocked = one.submit(store::unlock{{{"l"}, "m", sid, fence}});
    auto const left = one.submit(store::leave{one.who(), {"m"}});
    auto const closed = one.submit(store::close{one.who()});
    settle();
    for (auto const& each : refused)
        BOOST_TEST((each->error == errc::refused));
    BOOST_TEST(refused[0]->error.message().find("OOM") != std::string::npos);
    beat->as<store::beat>();
    BOOST_TEST(unlocked->as<store::unlock>().released);
    BOOST_TEST(left->as<store::leave>().left == 1);
    BOOST_TEST(closed->as<store::close>().done);
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(faults_may_come_back_to_the_server)
{
    settle();
    server.on_request([this](testing::request const& request) {
        BOOST_TEST(request.operation == "open");
        BOOST_TEST(request.group == "g");
        BOOST_TEST(request.index == 1);
        server.on_request({});
        server.disconnect_all();
        return testing::request_fault{};
    });
    auto const opened = one.submit(one.open());
    settle();
    BOOST_TEST((opened->error == errc::outcome_unknown));
}

BOOST_AUTO_TEST_SUITE_END()
