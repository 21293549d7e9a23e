#include "group_reader.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_close, world)

BOOST_AUTO_TEST_CASE(closing_leaves_nothing_and_everybody_hears_it_at_once)
{
    coterie::lock_options fixed;
    fixed.lease = 1h;
    auto& a = make("a");
    auto& b = make("b");
    reader seen{ok(b->async_watch())};
    seen.read_on();
    ok(a->async_join("m"));
    ok(a->async_join("n"));
    auto const lock = ok(a->async_try_lock("l"));
    auto const leased = ok(a->async_try_lock("k", fixed));
    ok(a->async_put("p", "v"));
    settle();
    auto const begin = clock->now();
    ok(a->async_close());
    settle();
    BOOST_TEST((clock->now() == begin));
    BOOST_TEST(seen.members().empty());
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
    settle();
    ok(b->async_close());
    BOOST_TEST(server.groups().empty());
    BOOST_TEST(server.dump("default-group").empty());
    BOOST_TEST(seen.ended);
}

BOOST_AUTO_TEST_CASE(a_destructor_does_the_same_in_the_background)
{
    auto& a = make("a");
    auto& b = make("b");
    ok(a->async_join());
    auto lock = ok(a->async_try_lock("l"));
    auto const lost = start(lock->async_lost());
    reader seen{ok(a->async_watch())};
    seen.read_on();
    settle();
    a.group.reset();
    settle();
    BOOST_TEST(seen.ended);
    BOOST_TEST((lost->error == errc::closed));
    BOOST_TEST((lock->state() == coterie::lock_state::lost));
    BOOST_TEST(server.groups().empty());
    BOOST_TEST(ok(b->async_members()).empty());
    BOOST_TEST((error_of(lock->async_release()) == errc::lost));
}

BOOST_AUTO_TEST_CASE(a_connector_that_is_assigned_to_is_closed)
{
    auto& a = make("a");
    ok(a->async_join());
    group_config other;
    other.group_name = "other";
    *a.group = coterie::group_connector{*a.client, other};
    settle();
    BOOST_TEST(server.groups().empty());
    ok(a->async_join("m"));
    BOOST_TEST(server.groups() == (names{"other"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_operation_after_it_and_during_it_is_closed)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    auto events = ok(a->async_watch());
    ok(events.async_next());
    server.freeze();
    auto const check = [&](auto const&... ends) {
        int number = 0;
        auto const one = [&](int times, error_code error) {
            ++number;
            BOOST_TEST(times == 1);
            BOOST_TEST((error == errc::closed), "operation " << number << ": " << error.message());
        };
        (one(ends->times, ends->error), ...);
    };
    auto const all = [&] {
        return std::tuple{start(a->async_join("m")),    start(a->async_members()),          start(a->async_try_lock("k")),
                          start(a->async_inspect("l")), start(a->async_force_release("l")), start(a->async_put("p", "v")),
                          start(a->async_get("p")),     start(a->async_erase("p")),         start(a->async_list("*"))};
    };
    auto const before = all();
    auto const next = start(events.async_next());
    settle();
    auto const closed = start(a->async_close());
    auto const during = all();
    settle();
    std::apply(check, before);
    std::apply(check, during);
    BOOST_TEST(next->good());
    BOOST_TEST(!next->value.has_value());
    BOOST_TEST(closed->times == 0);
    server.thaw();
    settle();
    BOOST_TEST(closed->good());
    auto const after = all();
    auto const watch = start(a->async_watch());
    auto const leave = start(a->async_leave("m"));
    auto const update = start(a->async_update("m", ""));
    auto const release = start(a->async_release("l"));
    settle();
    std::apply(check, after);
    check(watch, leave, update, release);
    BOOST_TEST(!ok(events.async_next()).has_value());
    BOOST_TEST(!ok(events.async_next()).has_value());
    ok(a->async_close());
    run_for(10s);
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(two_closes_at_a_time_both_succeed)
{
    auto& a = make("a");
    ok(a->async_join());
    auto const one = start(a->async_close());
    auto const two = start(a->async_close());
    settle();
    BOOST_TEST(one->good());
    BOOST_TEST(two->good());
}

BOOST_AUTO_TEST_CASE(closing_what_was_never_used)
{
    auto& a = make("a");
    count_requests();
    ok(a->async_close());
    BOOST_TEST(requests == 0);
    BOOST_TEST((error_of(a->async_join()) == errc::closed));
}

BOOST_AUTO_TEST_CASE(closing_without_a_server_ends_in_time)
{
    for (bool const frozen : {false, true})
    {
        coterie::lock_options fixed;
        fixed.lease = 1h;
        auto& a = make("a");
        ok(a->async_join());
        auto const lock = ok(a->async_try_lock("l"));
        auto const leased = ok(a->async_try_lock("k", fixed));
        if (frozen)
            server.freeze();
        else
        {
            server.refuse_connections(true);
            server.disconnect_all();
        }
        auto const begin = clock->now();
        auto const error = error_of(a->async_close());
        BOOST_TEST((error == errc::not_connected || error == errc::outcome_unknown));
        BOOST_TEST((clock->now() - begin <= 4s + 1500ms));
        BOOST_TEST((lock->state() == coterie::lock_state::lost));
        BOOST_TEST((leased->state() == coterie::lock_state::lost));
        server.refuse_connections(false);
        server.thaw();
        run_for(2h);
        BOOST_TEST(server.groups().empty());
    }
}

BOOST_AUTO_TEST_CASE(closing_survives_a_fault)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
        for (auto const* operation : {"close", "unlock"})
        {
            coterie::lock_options fixed;
            fixed.lease = 1h;
            auto& a = make("a");
            ok(a->async_join());
            auto const lock = ok(a->async_try_lock("k", fixed));
            fail_next(operation, {.what = what});
            ok(a->async_close());
            BOOST_TEST(server.groups().empty());
        }
}

BOOST_AUTO_TEST_CASE(a_session_of_unknown_outcome_is_closed_too)
{
    for (auto const what : {fault::drop_after, fault::disconnect_after})
    {
        auto& a = make("a");
        fail_next("open", {.what = what});
        auto const joined = start(a->async_join());
        run_until([&] { return !server.groups().empty(); });
        auto const closed = end_of(a->async_close());
        settle();
        BOOST_TEST((joined->error == errc::closed));
        BOOST_TEST(!closed->error);
        BOOST_TEST(server.groups().empty());
        run_for(10s);
    }
}

// At whatever moment: what was under way leaves nothing either, a lock with a lease of its own least of all.
BOOST_AUTO_TEST_CASE(closing_in_the_middle_of_anything_leaves_nothing)
{
    coterie::lock_options fixed;
    fixed.lease = 1h;
    bool all_answered = false;
    for (int handlers = 0; !all_answered; ++handlers)
    {
        auto& a = make("a");
        auto const joined = start(a->async_join());
        auto const lock = start(a->async_try_lock("l", fixed));
        auto const put = start(a->async_put("p", "v"));
        auto const events = start(a->async_watch());
        for (int i = 0; i < handlers; ++i)
            step();
        all_answered = joined->times + lock->times + put->times + events->times == 4;
        auto const closed = end_of(a->async_close());
        BOOST_TEST(!closed->error);
        BOOST_TEST(server.groups().empty(), "after " << handlers << " handlers: " << server.dump("default-group"));
        settle();
        BOOST_TEST(joined->times + lock->times + put->times + events->times == 4);
        BOOST_REQUIRE(handlers < 1000);
        server.lose_data();
    }
}

BOOST_AUTO_TEST_CASE(connections_end_with_the_client)
{
    auto& a = make("a");
    ok(a->async_join());
    BOOST_TEST(server.connections() == 1u);
    a.group.reset();
    a.client.reset();
    settle();
    BOOST_TEST(server.connections() == 0u);
    BOOST_TEST(server.groups().empty());
    a.io.restart();
    a.io.poll();
    BOOST_TEST(a.io.stopped());  // nothing keeps the context running
}

BOOST_AUTO_TEST_SUITE_END()
