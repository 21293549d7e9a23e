// What a new session puts right takes longer than the session would last: it goes on with the beats.
#include "group_world.hpp"

using namespace unit;

namespace {

struct slow_world : world
{
    // Everything of that kind takes that long from now on.
    void slow_down(std::string operation, std::chrono::milliseconds how_much)
    {
        fail_next(std::move(operation), {fault::none, how_much}, 1'000'000);
    }

    void lose_session_of(process& one)
    {
        one.runs = false;
        run_for(20s);
        one.runs = true;
    }

    std::string number(int i) { return std::to_string(100'000 + i); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_restoring, slow_world)

BOOST_AUTO_TEST_CASE(many_values_on_a_slow_line_do_not_end_the_session_that_puts_them_again)
{
    auto& a = make("a");
    auto& b = make("b");
    for (int i = 0; i < 100; ++i)
        ok(a->async_put(number(i), "v"));
    slow_down("put", 100ms);
    lose_session_of(a);
    run_for(30s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.count().late_beats == 0u);
    BOOST_TEST(ok(b->async_list("*")).size() == 100u);
}

BOOST_AUTO_TEST_CASE(many_members_on_a_slow_line_do_not_end_the_session_that_joins_them_again)
{
    auto& a = make("a");
    auto& b = make("b");
    for (int i = 0; i < 12'000; ++i)
        start(a->async_join(number(i)));
    ok(a->async_put("p", "v"));
    BOOST_TEST(ok(b->async_members()).size() == 12'000u);
    slow_down("join", 1s);
    lose_session_of(a);
    run_for(30s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.count().late_beats == 0u);
    BOOST_TEST(ok(b->async_members()).size() == 12'000u);
    BOOST_TEST((ok(b->async_get("p")) == "v"));
}

BOOST_AUTO_TEST_CASE(what_is_asked_of_a_member_meanwhile_holds)
{
    auto& a = make("a");
    auto& b = make("b");
    for (int i = 0; i < 5'000; ++i)
        start(a->async_join(number(i), "1"));
    run_for(1s);
    slow_down("join", 1s);
    lose_session_of(a);
    run_for(3500ms);
    BOOST_TEST(ok(b->async_members()).size() == 3'000u);  // for half a heartbeat, and to the end of what was begun
    BOOST_TEST(ok(a->async_update(number(4'998), "2")));
    BOOST_TEST(ok(b->async_members()).back().value == "2");
    ok(a->async_join(number(4'999), "3"));
    auto const left = start(a->async_leave(number(4'997)));
    run_for(30s);
    BOOST_TEST(!left->error);
    auto const members = ok(b->async_members());
    BOOST_TEST(members.size() == 4'999u);
    BOOST_TEST(members.at(4'997).value == "2");
    BOOST_TEST(members.at(4'998).value == "3");
    BOOST_TEST(a.count().lost_sessions == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_that_waited_for_the_new_session_is_that_of_a_member)
{
    coterie::client_config patient;
    patient.timeout = 1min;
    auto& a = make("a", {}, patient);
    auto& b = make("b");
    for (int i = 0; i < 5'000; ++i)
        start(a->async_join(number(i), "1"));
    run_for(1s);
    slow_down("join", 1s);
    server.refuse_connections(true);
    server.disconnect_all();
    auto const updated = start(a->async_update(number(4'998), "2"));
    run_for(20s);
    server.refuse_connections(false);
    run_for(30s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(!updated->error);
    BOOST_TEST(updated->value);
    BOOST_TEST(ok(b->async_members()).at(4'998).value == "2");
}

BOOST_AUTO_TEST_SUITE_END()
