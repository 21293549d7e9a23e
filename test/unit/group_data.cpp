#include "group_world.hpp"

using namespace unit;

namespace {

coterie::put_options lasting(coterie::lifetime life)
{
    coterie::put_options options;
    options.lifetime = life;
    return options;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_data, world)

BOOST_AUTO_TEST_CASE(ephemeral_data_survives_beats_and_dies_with_its_owner)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_put("cfg/a", "1"));
    ok(a->async_put("cfg/a", "2"));
    run_for(1h);
    BOOST_TEST(ok(b->async_get("cfg/a")).value() == "2");
    a.runs = false;
    run_for(7500ms);
    BOOST_TEST(!ok(b->async_get("cfg/a")).has_value());
    BOOST_TEST(ok(b->async_list("*")).empty());
    BOOST_TEST(!ok(b->async_erase("cfg/a")));
}

BOOST_AUTO_TEST_CASE(a_value_with_a_term_dies_on_time_in_spite_of_beats)
{
    auto& a = make("a");
    ok(a->async_join());
    ok(a->async_put("p", "v", lasting(30s)));
    run_for(29999ms);
    BOOST_TEST(ok(a->async_get("p")).has_value());
    run_for(1ms);
    BOOST_TEST(!ok(a->async_get("p")).has_value());
    run_for(1s);
    BOOST_TEST(!stored("p"));
}

BOOST_AUTO_TEST_CASE(a_value_with_a_term_outlives_its_owner)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_put("p", "v", lasting(30s)));
    ok(a->async_close());
    run_for(29s);
    BOOST_TEST(ok(b->async_get("p")).value() == "v");
    run_for(1s);
    BOOST_TEST(!ok(b->async_get("p")).has_value());
}

BOOST_AUTO_TEST_CASE(persistent_data_survives_everybody)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    ok(a->async_put("p", "v", lasting(coterie::persistent)));
    ok(a->async_close());
    run_for(24h * 30);
    BOOST_TEST(ok(b->async_get("p")).value() == "v");
    BOOST_TEST(ok(b->async_erase("p")));
    BOOST_TEST(!ok(b->async_erase("p")));
    BOOST_TEST(!ok(b->async_get("p")).has_value());
}

BOOST_AUTO_TEST_CASE(a_put_replaces_what_was_there_whatever_it_was)
{
    auto& a = make("a");
    auto& b = make("b");
    for (auto const& first : {coterie::ephemeral, coterie::persistent, coterie::lifetime{1h}})
        for (auto const& second : {coterie::ephemeral, coterie::persistent, coterie::lifetime{1h}})
        {
            ok(a->async_put("p", "1", lasting(first)));
            ok(b->async_put("p", "2", lasting(second)));
            BOOST_TEST(ok(a->async_get("p")).value() == "2");
            BOOST_TEST(ok(a->async_list("*")) == (names{"p"}), boost::test_tools::per_element());
            BOOST_TEST(ok(a->async_erase("p")));
            BOOST_TEST(ok(a->async_list("*")).empty());
        }
}

BOOST_AUTO_TEST_CASE(a_list_is_sorted_and_matches)
{
    auto& a = make("a");
    for (auto const* path : {"cfg/b", "cfg/a", "other", "cfg/a*"})
        ok(a->async_put(path, "", lasting(path == std::string{"cfg/b"} ? coterie::persistent : coterie::ephemeral)));
    BOOST_TEST(ok(a->async_list("cfg/*")) == (names{"cfg/a", "cfg/a*", "cfg/b"}), boost::test_tools::per_element());
    BOOST_TEST(ok(a->async_list("cfg/a\\*")) == (names{"cfg/a*"}), boost::test_tools::per_element());
    BOOST_TEST(ok(a->async_list("cfg/[^a]")) == (names{"cfg/b"}), boost::test_tools::per_element());
    BOOST_TEST(ok(a->async_list("?????")).size() == 3u);
    BOOST_TEST(ok(a->async_list("nothing")).empty());
}

BOOST_AUTO_TEST_CASE(a_list_of_many_pages_is_whole)
{
    auto& a = make("a");
    names expected;
    for (int i = 0; i < 2500; ++i)
    {
        expected.push_back("p" + std::to_string(10'000 + i));
        ok(a->async_put(expected.back(), "v", lasting(i % 2 == 0 ? coterie::ephemeral : coterie::persistent)));
    }
    BOOST_TEST(ok(a->async_list("*")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ephemeral_data_is_put_again_after_a_lost_session)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_put("mine", "1"));
    ok(a->async_put("taken", "1"));
    ok(a->async_put("erased", "1"));
    BOOST_TEST(ok(a->async_erase("erased")));
    ok(a->async_put("kept", "1"));
    ok(a->async_put("kept", "2", lasting(coterie::persistent)));
    BOOST_TEST(ok(a->async_erase("kept")));
    run_for(1s);
    a.runs = false;
    run_for(20s);
    BOOST_TEST(!ok(b->async_get("mine")).has_value());
    ok(b->async_put("taken", "b's"));
    a.runs = true;
    run_for(1s);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(ok(b->async_get("mine")).value() == "1");
    BOOST_TEST(ok(b->async_get("taken")).value() == "b's");
    BOOST_TEST(ok(b->async_list("*")) == (names{"mine", "taken"}), boost::test_tools::per_element());

    // It lost "taken" for good.
    BOOST_TEST(ok(b->async_erase("taken")));
    server.lose_data();
    run_for(10s);
    BOOST_TEST(ok(b->async_list("*")) == (names{"mine"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(faults_on_the_way_do_not_matter)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
        for (auto const& life : {coterie::ephemeral, coterie::persistent, coterie::lifetime{1h}})
        {
            auto& a = make("a");
            fail_next("put", {.what = what});
            ok(a->async_put("p", "v", lasting(life)));
            fail_next("get", {.what = what});
            BOOST_TEST(ok(a->async_get("p")).value() == "v");
            fail_next("list", {.what = what});
            BOOST_TEST(ok(a->async_list("*")).size() == 1u);
            fail_next("erase", {.what = what});
            auto const erased = end_of(a->async_erase("p"));
            // If an erase took effect and its reply was lost, nobody can say whether there was something.
            BOOST_TEST((erased->error ? erased->error == errc::outcome_unknown : erased->value));
            BOOST_TEST(!ok(a->async_get("p")).has_value());
            ok(a->async_close());
        }
}

BOOST_AUTO_TEST_CASE(a_full_server_refuses_with_its_words)
{
    auto& a = make("a");
    ok(a->async_put("p", "1"));
    server.full(true);
    auto const error = error_of(a->async_put("p", "2"));
    BOOST_TEST((error == errc::refused));
    BOOST_TEST(error.message().find("OOM") != std::string::npos);
    BOOST_TEST(ok(a->async_get("p")).value() == "1");
    BOOST_TEST(ok(a->async_erase("p")));
}

// The new session puts one value after the other again; meanwhile one of them is erased.
BOOST_AUTO_TEST_CASE(what_is_erased_while_a_new_session_puts_it_again_stays_erased)
{
    auto& a = make("a");
    ok(a->async_put("p", "1"));
    ok(a->async_put("q", "2"));
    a.runs = false;
    run_for(20s);
    fail_next("put", {fault::none, 100ms}, 1);
    a.runs = true;
    BOOST_TEST(run_until([&] { return a.count().sessions == 2u; }));
    run_for(50ms);
    ok(a->async_erase("q"));
    run_for(10s);
    BOOST_TEST((ok(a->async_get("p")) == "1"));
    BOOST_TEST(!ok(a->async_get("q")).has_value());
}

BOOST_AUTO_TEST_CASE(what_lives_otherwise_while_a_new_session_puts_it_again_is_not_put_again)
{
    auto& a = make("a");
    ok(a->async_put("p", "1"));
    ok(a->async_put("q", "2"));
    a.runs = false;
    run_for(20s);
    int puts = 0;  // the new session's of p, ours of q, and the new session's of q
    server.on_request([&](testing::request const& request) {
        if (request.operation != "put")
            return testing::request_fault{};
        return testing::request_fault{fault::none, ++puts == 1 ? 100ms : puts == 3 ? 200ms : 0ms};
    });
    a.runs = true;
    BOOST_TEST(run_until([&] { return puts == 1; }));
    ok(a->async_put("q", "3", lasting(50ms)));
    run_for(10s);
    BOOST_TEST((ok(a->async_get("p")) == "1"));
    BOOST_TEST(!ok(a->async_get("q")).has_value());
}

// Its outcome is unknown; what others write from then on is not undone.
BOOST_AUTO_TEST_CASE(a_write_is_not_tried_again_when_its_caller_has_gone)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const tries = [&](auto start) {
        ok(b->async_put("p", "1", lasting(coterie::persistent)));
        asio::cancellation_signal signal;
        std::optional<error_code> ended;
        start(asio::bind_cancellation_slot(signal.slot(), [&](error_code ec, auto...) { ended = ec; }));
        run_for(100ms);
        signal.emit(asio::cancellation_type::terminal);
        run_for(30s);
        BOOST_TEST((ended == asio::error::operation_aborted));
        BOOST_TEST((ok(b->async_get("p")) == "1"));
    };
    for (auto const& life : {coterie::ephemeral, coterie::persistent, coterie::lifetime{1h}})
    {
        fail_next("put", {.what = fault::drop_before}, 1, 1);
        tries([&](auto done) { a->async_put("p", "2", lasting(life), std::move(done)); });
    }
    fail_next("erase", {.what = fault::drop_before});
    tries([&](auto done) { a->async_erase("p", std::move(done)); });
}

// The second try finds the session open, and goes on where the first one ended: what it had put again, and others erased, stays erased.
BOOST_AUTO_TEST_CASE(faults_do_not_stop_a_new_session_from_putting_all_again)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
    {
        auto& a = make("a");
        auto& b = make("b");
        for (auto const* path : {"p", "q", "r"})
            ok(a->async_put(path, path));
        a.runs = false;
        run_for(20s);
        fail_next("put", {.what = what, .delay = 50ms}, 1, 1);
        a.runs = true;
        BOOST_TEST(run_until([&] { return stored("p"); }));
        BOOST_TEST(ok(b->async_erase("p")));
        run_for(30s);
        BOOST_TEST(a.count().lost_sessions == 1u);
        BOOST_TEST(!ok(b->async_get("p")).has_value());
        BOOST_TEST((ok(b->async_get("q")) == "q"));
        BOOST_TEST((ok(b->async_get("r")) == "r"));
        ok(a->async_close());
        ok(b->async_close());
    }
}

// They are put again as soon as it takes them, and the rest of the session does not wait for that.
BOOST_AUTO_TEST_CASE(a_full_server_stops_no_session)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join("m"));
    ok(a->async_join("n"));
    ok(a->async_put("p", "1"));
    ok(a->async_put("q", "2"));
    a.runs = false;
    run_for(20s);
    server.full(true);
    a.runs = true;
    run_for(1s);
    BOOST_TEST(a.count().sessions == 2u);
    BOOST_TEST(!ok(a->async_leave("n")));  // at once, though there was nothing to leave
    BOOST_TEST(!ok(a->async_erase("q")));
    run_for(1min);
    BOOST_TEST(a.count().lost_sessions == 1u);
    BOOST_TEST(!ok(b->async_get("p")).has_value());
    server.full(false);
    run_for(10s);
    BOOST_TEST((ok(b->async_get("p")) == "1"));
    BOOST_TEST(!ok(b->async_get("q")).has_value());
    auto const members = ok(b->async_members());
    BOOST_REQUIRE(members.size() == 1u);
    BOOST_TEST(members.front().name == "m");
    server.full(true);
    ok(a->async_close());
}

// It was taken out before; the session that began meanwhile did not put it again.
BOOST_AUTO_TEST_CASE(what_is_not_replaced_after_all_is_put_again)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_put("p", "1"));
    ok(a->async_put("q", "2"));
    a.runs = false;
    run_for(20s);
    int puts = 0;  // the new session's of p, ours of q
    server.on_request([&](testing::request const& request) {
        if (request.operation != "put" || ++puts > 2)
            return testing::request_fault{};
        return testing::request_fault{puts == 1 ? fault::none : fault::refuse, puts == 1 ? 100ms : 0ms};
    });
    a.runs = true;
    BOOST_TEST(run_until([&] { return puts == 1; }));
    BOOST_TEST((error_of(a->async_put("q", "3", lasting(coterie::persistent))) == errc::refused));
    run_for(10s);
    BOOST_TEST((ok(b->async_get("p")) == "1"));
    BOOST_TEST((ok(b->async_get("q")) == "2"));
}

BOOST_AUTO_TEST_SUITE_END()
