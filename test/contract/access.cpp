// stores: redis valkey
// Servers that will not do what is asked: a wrong password, missing rights, full memory, read-only. A clear error, and nothing half-done.
#include "../support/fixture.hpp"

namespace coterie::test {
namespace {

struct access_fixture : fixture
{
    // A user with all rights but these, reachable by the returned URL.
    std::string user_without(std::vector<std::string> rules)
    {
        std::vector<std::string> command{"ACL", "SETUSER", "guest", "reset", "on", ">secret", "~*", "&*", "+@all"};
        command.insert(command.end(), rules.begin(), rules.end());
        BOOST_REQUIRE(redis(command).text == "OK");
        return "unix://guest:secret@" + server().socket();
    }

    void teardown()
    {
        redis({"ACL", "DELUSER", "guest"});
        redis({"CONFIG", "SET", "maxmemory", "0"});
        redis({"REPLICAOF", "NO", "ONE"});
        fixture::teardown();
    }
};

// The first reason why there is no connection.
error_code refusal(bench& on, std::string const& url)
{
    client rejected{on, client::later{}, url};
    BOOST_REQUIRE(on.run_until([&] { return !rejected.why_down.empty(); }));
    BOOST_TEST(!rejected.up);
    BOOST_TEST(rejected(store::get{"p"}).error == errc::not_connected);
    return rejected.why_down.front();
}

bool holds(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access, access_fixture)

BOOST_AUTO_TEST_CASE(a_wrong_password_is_named_and_not_repeated)
{
    user_without({});
    auto const error = refusal(*this, "unix://guest:hunter2@" + server().socket());
    BOOST_TEST(error == errc::refused);
    BOOST_TEST(holds(error.message(), "WRONGPASS"), error.message());
    BOOST_TEST(!holds(error.message(), "hunter2"), error.message());
    BOOST_TEST(!logged("hunter2"));
}

BOOST_AUTO_TEST_CASE(a_missing_password_is_named)
{
    server_process guarded{kind(), {"requirepass secret"}};
    auto const error = refusal(*this, guarded.url());
    BOOST_TEST(error == errc::refused);
    BOOST_TEST(holds(error.message(), "NOAUTH"), error.message());
    client welcome{*this, "g", "redis://:secret@127.0.0.1:" + std::to_string(guarded.port())};
    session alice{welcome};
    BOOST_TEST(alice.join("a")->matched == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_listens)
{
    std::string gone;
    {
        server_process short_lived{kind()};
        gone = short_lived.url();
    }
    BOOST_TEST(!!refusal(*this, gone));
}

BOOST_AUTO_TEST_CASE(databases_are_apart)
{
    client other{*this, "g", server().socket_url() + "?db=3"};
    session alice{c};
    session bob{other};
    alice.put("p", "0");
    bob.put("p", "3");
    BOOST_TEST((c.get("p")->value == "0"));
    BOOST_TEST((other.get("p")->value == "3"));
    bob.close();
    BOOST_TEST(redis({"DBSIZE"}).number > 0);
}

BOOST_AUTO_TEST_CASE(by_tcp_as_well)
{
    client other{*this, "g", server().url()};
    BOOST_TEST(!other.watch());
    session alice{c};
    auto const joined = alice.join("a");
    BOOST_TEST((other.next_event() == *joined->event));
}

BOOST_AUTO_TEST_CASE(without_the_right_to_publish_nothing_is_half_done)
{
    session bob{c};
    bob.join("bob");
    client guest{*this, "g", user_without({"resetchannels"})};
    session alice{guest};
    auto const joined = alice.join("a");
    BOOST_TEST(joined.error == errc::refused);
    BOOST_TEST(!joined.error.message().empty());
    BOOST_TEST(c.living() == strings{"bob="});
    BOOST_TEST(c.history(0)->events.size() == 1U);
    BOOST_TEST(guest.watch() == errc::refused);
    BOOST_TEST(alice.lock("l")->granted);  // needs no events
    BOOST_TEST(guest.up);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_publish_what_has_no_members_is_cleaned_up)
{
    session bob{c};
    client guest{*this, "g", user_without({"resetchannels"})};
    session alice{guest};
    session dying{guest};
    for (auto* each : {&alice, &dying})
    {
        BOOST_TEST(each->lock("lock of " + each->id())->granted);
        BOOST_TEST(each->put("value of " + each->id(), "1")->stored);
    }
    dying.die();
    auto const reaped = guest.reap({dying.id()});
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(reaped->seen.leases == 2U);
    BOOST_TEST(alice.close()->done);
    BOOST_TEST(redis({"HLEN", "coterie:{g}:locks"}).number == 1);  // the placeholder
    BOOST_TEST(redis({"EXISTS", "coterie:{g}:data"}).number == 0);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_publish_members_stay_whole)
{
    session bob{c};
    session alice{c};
    session dying{c};
    alice.join("alice");
    alice.lock("l");
    dying.join("dying");
    dying.die();
    client guest{*this, "g", user_without({"resetchannels"})};
    BOOST_TEST(guest.reap({dying.id()}).error == errc::refused);
    BOOST_TEST(guest(store::close{alice.who}).error == errc::refused);
    BOOST_TEST(!alice.beat().error);
    BOOST_TEST(c.holder("l").has_value());
    BOOST_TEST(c.snapshot()->members.size() == 2U);
    BOOST_TEST(c.snapshot()->dead == session_ids{dying.id()});
    BOOST_TEST(c.reap({dying.id()})->event.has_value());
}

BOOST_AUTO_TEST_CASE(without_the_right_to_run_scripts)
{
    auto const url = user_without({"-eval", "-evalsha"});
    client guest{*this, client::later{}, url};
    BOOST_REQUIRE(run_until([&] { return guest.up || !guest.why_down.empty(); }));
    if (guest.up)
        BOOST_TEST(guest(store::open{{new_session_id(), guest.generation}, 1min, false, 0}).error == errc::refused);
    else
        BOOST_TEST(guest.why_down.front() == errc::refused);
    BOOST_TEST(redis({"DBSIZE"}).number == 0);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_load_scripts_they_are_sent_whole)
{
    redis({"SCRIPT", "FLUSH", "SYNC"});
    client guest{*this, "g", user_without({"-script"})};
    session alice{guest};
    BOOST_TEST(alice.join("a")->matched == 1U);
    BOOST_TEST(alice.close()->done);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_this_group_s_keys)
{
    client guest{*this, "g", user_without({"resetkeys", "~coterie:{other}:*"})};
    auto const opened = guest(store::open{{new_session_id(), guest.generation}, 1min, false, 0});
    BOOST_TEST(opened.error == errc::refused);
    BOOST_TEST(guest.up);
    BOOST_TEST(redis({"DBSIZE"}).number == 0);
}

BOOST_AUTO_TEST_CASE(a_full_server_takes_no_more_but_lets_go)
{
    session alice{c};
    alice.join({{"a", "1"}, {"b", "2"}});
    alice.put("e", "1");
    auto const held = alice.claim("l", alice.lock("l")->fence);
    session dying{c};
    dying.join("d");
    dying.beat(1ms);
    let_pass(5ms);

    BOOST_REQUIRE(redis({"CONFIG", "SET", "maxmemory-policy", "noeviction"}).text == "OK");
    BOOST_REQUIRE(redis({"CONFIG", "SET", "maxmemory", "1"}).text == "OK");
    for (auto const& error : {alice.join("x").error, alice.lock("x").error, alice.put("x", "1").error, alice.put_forever("x", "1").error})
    {
        BOOST_TEST(error == errc::refused);
        BOOST_TEST(holds(error.message(), "OOM"), error.message());
    }
    BOOST_TEST(!alice.beat(1min, true).error);
    BOOST_TEST(!alice.resume().error);
    BOOST_TEST(c.living() == (strings{"a=1", "b=2"}));
    BOOST_TEST(!c.holder("x").has_value());
    BOOST_TEST(alice.verify({held})->held.at(0));
    BOOST_TEST(c.reap({dying.id()})->event.has_value());
    BOOST_TEST(alice.leave({"a"})->left == 1U);
    BOOST_TEST(c.unlock(held)->released);
    BOOST_TEST(c.erase("e")->erased);
    auto const closed = alice.close();
    BOOST_TEST(closed->done);
    BOOST_TEST(texts(*closed->event) == strings{"-b"});
}

BOOST_AUTO_TEST_CASE(a_read_only_server_is_left_for_a_better_one)
{
    session alice{c};
    server_process primary{kind()};
    redis({"CONFIG", "SET", "replica-serve-stale-data", "yes"});
    redis({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
    auto const joined = alice.join("a");
    BOOST_TEST(joined.error == errc::refused);
    BOOST_TEST(holds(joined.error.message(), "READONLY"), joined.error.message());
    auto const before = alice.who.generation;
    BOOST_TEST(run_until([&] { return c.generation > before || !c.why_down.empty(); }));
    redis({"REPLICAOF", "NO", "ONE"});
    redis({"FLUSHALL"});
    BOOST_REQUIRE(run_until([&] { return c.up; }));
    session bob{c};
    BOOST_TEST(bob.join("b")->matched == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
