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

    void join_many(process& one, int count)
    {
        for (int i = 0; i < count; ++i)
            start(one->async_join(number(i), "1"));
        run_for(1s);
    }

    // Longer than a session lasts; what is asked of a patient one meanwhile is done afterwards.
    process& make_patient(std::string name)
    {
        coterie::client_config config;
        config.timeout = 1min;
        return make(std::move(name), {}, config);
    }

    void begin_outage()
    {
        server.refuse_connections(true);
        server.disconnect_all();
    }

    void end_outage()
    {
        run_for(20s);
        server.refuse_connections(false);
    }

    std::size_t members(process& of) { return ok(of->async_members()).size(); }

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
    join_many(a, 12'000);
    ok(a->async_put("p", "v"));
    BOOST_TEST(members(b) == 12'000u);
    slow_down("join", 1s);
    lose_session_of(a);
    run_for(30s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.count().late_beats == 0u);
    BOOST_TEST(members(b) == 12'000u);
    BOOST_TEST((ok(b->async_get("p")) == "v"));
}

BOOST_AUTO_TEST_CASE(what_is_asked_of_a_member_meanwhile_holds)
{
    auto& a = make("a");
    auto& b = make("b");
    join_many(a, 5'000);
    slow_down("join", 1s);
    lose_session_of(a);
    run_for(3500ms);
    BOOST_TEST(members(b) == 3'000u);  // for half a heartbeat, and to the end of what was begun
    BOOST_TEST(ok(a->async_update(number(4'998), "2")));
    BOOST_TEST(ok(b->async_members()).back().value == "2");
    ok(a->async_join(number(4'999), "3"));
    auto const left = start(a->async_leave(number(4'997)));
    run_for(30s);
    BOOST_TEST(!left->error);
    auto const there = ok(b->async_members());
    BOOST_TEST(there.size() == 4'999u);
    BOOST_TEST(there.at(4'997).value == "2");
    BOOST_TEST(there.at(4'998).value == "3");
    BOOST_TEST(a.count().lost_sessions == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_that_waited_for_the_new_session_is_that_of_a_member)
{
    auto& a = make_patient("a");
    auto& b = make("b");
    join_many(a, 5'000);
    slow_down("join", 1s);
    begin_outage();
    auto const updated = start(a->async_update(number(4'998), "2"));
    end_outage();
    run_for(30s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(!updated->error);
    BOOST_TEST(updated->value);
    BOOST_TEST(ok(b->async_members()).at(4'998).value == "2");
}

// What is sent again reaches the server behind what came in the meantime.
BOOST_AUTO_TEST_CASE(who_leaves_while_he_is_joined_again_stays_away)
{
    auto& a = make("a");
    auto& b = make("b");
    join_many(a, 5'000);
    fail_next("join", {.what = fault::resent, .reply_delay = 1s}, 1'000);
    lose_session_of(a);
    run_for(5500ms);
    BOOST_TEST(members(b) == 3'000u);  // another thousand is on its way
    ok(a->async_leave(number(3'500)));
    run_for(30s);
    BOOST_TEST(members(b) == 4'999u);
}

BOOST_AUTO_TEST_CASE(what_is_erased_while_it_is_put_again_stays_away)
{
    auto& a = make("a");
    auto& b = make("b");
    for (int i = 0; i < 100; ++i)
        ok(a->async_put(number(i), "v"));
    fail_next("put", {.what = fault::resent, .reply_delay = 100ms}, 1'000);
    lose_session_of(a);
    run_for(5550ms);
    auto const there = static_cast<int>(ok(b->async_list("*")).size());
    BOOST_TEST_REQUIRE(there < 90);
    for (int i = there; i < there + 10; ++i)
        start(a->async_erase(number(i)));
    run_for(30s);
    BOOST_TEST(ok(b->async_list("*")).size() == 90u);
}

// The session waits for none who wait for the session.
BOOST_AUTO_TEST_CASE(what_is_about_to_be_put_is_not_waited_for)
{
    auto& a = make_patient("a");
    auto& b = make("b");
    ok(a->async_put("p", "1"));
    ok(a->async_put("q", "1"));
    begin_outage();
    auto const put = start(a->async_put("p", "2"));
    end_outage();
    run_for(2s);
    BOOST_TEST(put->good());
    BOOST_TEST((ok(b->async_get("p")) == "2"));
    BOOST_TEST((ok(b->async_get("q")) == "1"));
}

BOOST_AUTO_TEST_CASE(connections_that_break_do_not_begin_it_anew)
{
    auto& a = make("a");
    auto& b = make("b");
    join_many(a, 12'000);
    ok(a->async_put("p", "v"));
    slow_down("join", 1s);
    lose_session_of(a);
    for (int i = 0; i < 8; ++i)
    {
        run_for(4s);
        server.disconnect_all();
    }
    run_for(1s);
    BOOST_TEST(members(b) == 12'000u);
    BOOST_TEST((ok(b->async_get("p")) == "v"));
    BOOST_TEST(a.count().lost_sessions == 1u);
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_hardly_longer_than_a_heartbeat_is_renewed_in_time)
{
    auto& a = make("a", {.heartbeat = 1s, .ttl = 1050ms});
    auto& b = make("b");
    join_many(a, 5'000);
    ok(a->async_put("p", "v"));
    server.on_request([](testing::request const& request) {
        bool const slow = request.operation == "join" || request.operation == "put";
        return testing::request_fault{fault::none, slow ? 490ms : request.operation == "open" ? 100ms : 0ms};
    });
    lose_session_of(a);
    run_for(10s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(std::ranges::count_if(a.log, [](auto const& line) { return line.find("the lease is over") != line.npos; }) == 1);
    BOOST_TEST(members(b) == 5'000u);
    BOOST_TEST((ok(b->async_get("p")) == "v"));
}

BOOST_AUTO_TEST_CASE(who_joins_meanwhile_does_not_wait_for_all)
{
    auto& a = make("a", {.heartbeat = 10s});
    join_many(a, 10'000);
    slow_down("join", 1400ms);
    lose_session_of(a);
    run_for(10200ms);  // after the first beat four batches go one after the other
    auto const late = start(a->async_join("late"));
    run_for(3s);
    BOOST_TEST(late->good());
    run_for(1min);
    BOOST_TEST(a.count().lost_sessions == 1u);
}

BOOST_AUTO_TEST_CASE(who_was_refused_to_leave_is_joined_again_later)
{
    auto& a = make_patient("a");
    auto& b = make("b");
    join_many(a, 10);
    bool full = true;
    int joins = 0;  // first the others
    server.on_request([&](testing::request const& request) {
        bool const refused = full && (request.operation == "leave" || (request.operation == "join" && ++joins > 1));
        return testing::request_fault{.what = refused ? fault::refuse : fault::none};
    });
    begin_outage();
    auto const left = start(a->async_leave(number(5)));
    end_outage();
    run_for(2s);
    BOOST_TEST((left->error == errc::refused));
    BOOST_TEST(members(b) == 9u);
    full = false;
    run_for(10s);
    BOOST_TEST(members(b) == 10u);
}

BOOST_AUTO_TEST_CASE(closing_ends_it)
{
    for (auto const when : {100ms, 500ms, 3500ms, 5500ms, 7500ms})
    {
        auto& a = make("a");
        auto& b = make("b");
        join_many(a, 10'000);
        for (int i = 0; i < 10; ++i)
            ok(a->async_put(number(i), "v"));
        int restored = 0;
        server.on_request([&](testing::request const& request) {
            bool const restores = request.operation == "join" || request.operation == "put";
            restored += restores ? 1 : 0;
            return testing::request_fault{fault::none, restores ? 1000ms : request.operation == "open" ? 100ms : 0ms};
        });
        lose_session_of(a);
        run_for(when);
        BOOST_TEST((restored > 0) == (when > 200ms));
        restored = 0;
        ok(a->async_close());
        server.on_request({});
        BOOST_TEST(restored == 0);
        BOOST_TEST(members(b) == 0u);
        BOOST_TEST(!a.logged("again: "));
    }
}

BOOST_AUTO_TEST_SUITE_END()
