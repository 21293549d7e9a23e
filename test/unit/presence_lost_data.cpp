// The server loses its data, once or again: readers find out, and are told who is there no more.
#include "presence_world.hpp"

using namespace unit;

namespace {

struct loss : presence_world
{
    // A server is not back within a microsecond: no two of its lives have events of one time.
    void lose_data()
    {
        run_for(1ms);
        server.lose_data();
        run_for(1ms);
    }

    // A roll call takes 100 ms from now on.
    void delay_roll_calls()
    {
        roll_calls = 0;
        server.on_request([this](testing::request const& what) {
            bool const is_one = what.operation == "roll_call";
            roll_calls += is_one ? 1 : 0;
            return testing::request_fault{.delay = is_one ? 100ms : 0ms};
        });
    }

    // Nobody hears of it.
    void online_unheard(coterie::presence& from, std::string_view id)
    {
        server.drop_pushes(true);
        ok(from.async_online(id));
        server.drop_pushes(false);
    }

    presence_config one_shard{.shards = 1};
    int roll_calls = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence_lost_data, loss)

BOOST_AUTO_TEST_CASE(lost_data_are_a_resync)
{
    auto& a = space();
    auto& b = space();
    auto& c = space();
    presence_reader all{ok(b.async_watch())};
    presence_reader some{ok(c.async_watch({"ann", "bob"}))};
    all.read_on();
    some.read_on();
    ok(a.async_online({"ann", "bob"}));
    settle();
    all.news();
    some.news();
    server.lose_data();
    run_for(6s);
    BOOST_TEST(all.news() == (names{"ann=unknown", "bob=unknown"}), boost::test_tools::per_element());
    BOOST_TEST(some.news() == (names{"ann=unknown", "bob=unknown"}), boost::test_tools::per_element());
    BOOST_TEST(some.resyncs > 0);
    auto const resyncs = all.resyncs;
    BOOST_TEST(resyncs > 0);
    ok(a.async_online("ann"));
    settle();
    BOOST_TEST(all.news() == names{"ann=online"});
    BOOST_TEST(some.news() == names{"ann=online"});
    BOOST_TEST(all.resyncs == resyncs);
}

BOOST_AUTO_TEST_CASE(who_came_and_went_while_history_was_lost_is_told_to_who_asked_for_him)
{
    auto& a = space(one_shard);
    presence_reader all{ok(space(one_shard).async_watch())};
    presence_reader some{ok(space(one_shard).async_watch("ann"))};
    all.read_on();
    some.read_on();
    ok(a.async_online("bob"));
    settle();
    server.drop_pushes(true);
    lose_data();
    ok(a.async_online("ann"));
    ok(a.async_offline("ann"));
    server.drop_pushes(false);
    run_for(1min);
    BOOST_TEST(some.folded["ann"].status == status::offline);
    BOOST_TEST(!all.folded.contains("ann"));
    BOOST_TEST(all.folded["bob"].status == status::unknown);
}

BOOST_AUTO_TEST_CASE(a_look_that_is_refused_is_made_again)
{
    auto& a = space(one_shard);
    presence_reader all{ok(space(one_shard).async_watch())};
    all.read_on();
    ok(a.async_online("ann"));
    settle();
    fail_next("roll_call", {fault::refuse});
    lose_data();
    ok(a.async_online("bob"));
    run_for(10s);
    BOOST_TEST(all.news() == (names{"ann=online", "ann=unknown", "bob=online"}), boost::test_tools::per_element());
}

// An empty stream has no revision that tells it from the next one.
BOOST_AUTO_TEST_CASE(who_was_seen_in_a_life_of_the_server_is_not_taken_into_the_next)
{
    auto& a = space(one_shard);
    auto& b = space(one_shard);
    presence_reader one{ok(b.async_watch("somebody"))};
    settle();  // that nothing ever happened here is known
    delay_roll_calls();
    auto const watch = start(b.async_watch());
    run_for(50ms);
    online_unheard(a, "ann");
    run_for(1s);
    BOOST_REQUIRE(watch->good());
    presence_reader all{std::move(watch->value)};
    all.read_on();
    settle();
    BOOST_TEST(all.news() == names{"ann=online"});
    lose_data();
    ok(a.async_online("bob"));
    run_for(1s);
    BOOST_TEST(all.news() == (names{"ann=unknown", "bob=online"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nor_who_was_seen_while_it_was_read_anew)
{
    auto& a = space(one_shard);
    presence_reader all{ok(space(one_shard).async_watch())};
    all.read_on();
    ok(a.async_online("ann"));
    settle();
    delay_roll_calls();
    lose_data();
    BOOST_REQUIRE(run_until([&] { return roll_calls > 0; }, 1min));
    online_unheard(a, "bob");
    run_for(200ms);
    BOOST_TEST(all.news() == (names{"ann=online", "ann=unknown", "bob=online"}), boost::test_tools::per_element());
    lose_data();
    ok(a.async_online("carl"));
    run_for(1s);
    BOOST_TEST(all.news() == (names{"bob=unknown", "carl=online"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
