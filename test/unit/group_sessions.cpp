// One lease a connector: how it is opened, renewed and lost, and what of it is counted and logged.
#include "group_reader.hpp"

using namespace unit;
using coterie::lock_state;

BOOST_FIXTURE_TEST_SUITE(group_sessions, world)

BOOST_AUTO_TEST_CASE(one_beat_whatever_hangs_on_the_lease)
{
    auto& a = make("a");
    for (int i = 0; i < 100; ++i)
    {
        ok(a->async_join("m" + std::to_string(i)));
        ok(a->async_put("p" + std::to_string(i), "v"));
    }
    int beats = 0;
    int others = 0;
    server.on_request([&](testing::request const& request) {
        ++(request.operation == "beat" ? beats : others);
        return testing::request_fault{};
    });
    run_for(50s);
    BOOST_TEST(beats >= 10);
    BOOST_TEST(beats <= 11);
    BOOST_TEST(others == 0);
}

BOOST_AUTO_TEST_CASE(connectors_of_one_client_share_a_connection_and_nothing_else)
{
    auto& a = make("a");
    auto& b = make("b");
    group_config config;
    config.member = "second";
    coterie::group_connector second{*a.client, config};
    ok(a->async_join());
    ok(second.async_join());
    auto const lock = ok(a->async_try_lock("l"));
    BOOST_TEST(!ok(second.async_try_lock("l")).has_value());
    BOOST_TEST(server.connections() == 1u);
    BOOST_TEST(a.count().sessions == 2u);
    ok(a->async_close());
    BOOST_TEST(names_of(ok(b->async_members())) == (names{"second"}), boost::test_tools::per_element());
    ok(second.async_close());
}

BOOST_AUTO_TEST_CASE(a_beat_that_fails_once_is_made_good)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after, fault::refuse})
    {
        auto& a = make("a");
        auto const lock = ok(a->async_try_lock("l"));
        fail_next("beat", {.what = what});
        run_for(30s);
        BOOST_TEST(a.count().failed_beats == 1u);
        BOOST_TEST(a.count().beats >= 4u);
        BOOST_TEST(a.count().lost_sessions == 0u);
        BOOST_TEST(a.count().lost_locks == 0u);
        BOOST_TEST((lock->state() == lock_state::held));
        BOOST_TEST(a.logged("beat failed"));
        ok(a->async_close());
    }
}

BOOST_AUTO_TEST_CASE(a_beat_confirmed_late_is_counted)
{
    auto& a = make("a");
    auto const lock = ok(a->async_try_lock("l"));
    fail_next("beat", {.delay = 1450ms});  // sent after 4.75 s at the earliest: overdue is what has not come by 6.175 s
    BOOST_TEST(run_until([&] { return lock->state() == lock_state::uncertain; }));
    BOOST_TEST(run_until([&] { return lock->state() == lock_state::held; }, 10s));
    BOOST_TEST(a.count().late_beats == 1u);
    BOOST_TEST(a.count().failed_beats == 0u);
    BOOST_TEST(a.count().lost_locks == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_sessions_says_why)
{
    auto& a = make("a");
    fail_next("open", {.what = fault::refuse, .words = "NOPERM not you"}, 1000);
    auto const error = error_of(a->async_join());
    BOOST_TEST((error == errc::refused));
    BOOST_TEST(error.message().find("NOPERM not you") != std::string::npos);
    BOOST_TEST(a.logged("NOPERM not you"));
    BOOST_TEST(ok(a->async_members()).empty());
    server.on_request({});
    run_for(2s);
    ok(a->async_join());
}

BOOST_AUTO_TEST_CASE(after_an_outage_it_works_again_within_one_backoff)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    reader seen{ok(a->async_watch())};
    seen.read_on();
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(1min);
    server.refuse_connections(false);
    auto const back = clock->now();
    BOOST_TEST(run_until([&] { return a.count().sessions == 2; }, 2s));
    settle();
    BOOST_TEST((clock->now() - back <= 1s + 100ms));
    ok(b->async_join());
    settle();
    BOOST_TEST(seen.members() == (names{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(a.count().connects == 2u);
    BOOST_TEST(a.count().sessions == 2u);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(a.logged("no connection to the store"));
}

BOOST_AUTO_TEST_CASE(what_is_below_the_level_is_not_logged)
{
    asio::io_context io;
    names lines;
    coterie::client_config how;
    how.clock = clock;
    how.log = {coterie::log_level::warning, [&](coterie::log_level level, std::string_view line) {
                   BOOST_TEST((level >= coterie::log_level::warning));
                   lines.emplace_back(line);
               }};
    coterie::client const client{io.get_executor(), server.url(), how};
    coterie::group_connector group{client};
    bool joined = false;
    group.async_join("m", [&](error_code error) { joined = !error; });
    clock->run_until(io, [&] { return joined; });
    BOOST_TEST(joined);
    BOOST_TEST(lines.empty());
    server.disconnect_all();
    clock->run_for(io, 1s);
    BOOST_TEST(!lines.empty());
}

BOOST_AUTO_TEST_SUITE_END()
