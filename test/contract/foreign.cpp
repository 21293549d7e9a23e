// stores: redis valkey
// What others write where only we should: a clear error or a line in the log, never a crash, a hang or a member that is none.
#include "../support/fixture.hpp"

#include <map>

namespace coterie::test {
namespace {

struct foreign_fixture : fixture
{
    static std::string key(std::string const& name) { return "coterie:{g}:" + name; }

    // What lies in the server, as a digest that knows no order (a hash may change its own when it is only read); but for the fence, since a
    // number that nobody got is no harm.
    std::map<std::string, std::string> everything()
    {
        std::map<std::string, std::string> result;
        for (auto const& each : redis({"KEYS", "*"}).texts())
            if (each != key("fence"))
                result[each] = redis({"DEBUG", "DIGEST-VALUE", each}).texts().at(0);
        return result;
    }

    // What is broken here is broken on purpose.
    void teardown() { redis({"FLUSHALL"}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(foreign, foreign_fixture)

BOOST_AUTO_TEST_CASE(other_keys_are_not_seen)
{
    redis({"SET", "g", "1"});
    redis({"SET", "coterie", "1"});
    redis({"HSET", "coterie:{g}", "a", "1"});
    redis({"HSET", "coterie:{gg}:members", "x", "1"});
    redis({"SET", key("unknown"), "1"});
    redis({"SET", key("s:0123456789abcdef"), "1"});
    session alice{c};
    alice.join("a", "1");
    BOOST_TEST(c.living() == strings{"a=1"});
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(alice.beat()->seen.leases == 1U);
    alice.close();
    BOOST_TEST(redis({"GET", key("unknown")}).text == "1");
}

BOOST_AUTO_TEST_CASE(leases_of_nothing_are_dropped)
{
    session alice{c};
    alice.join("a", "1");
    for (auto const* name : {"x", "0123456789abcdef0", "a much longer name than that of any session"})
        redis({"ZADD", key("leases"), "1", name});
    BOOST_TEST(c.snapshot()->dead.empty());
    BOOST_TEST(c.living() == strings{"a=1"});
    auto const reaped = c.reap();
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(reaped->seen.leases == 1U);
    BOOST_TEST((reaped->seen.next_deadline > reaped->seen.now));
}

BOOST_AUTO_TEST_CASE(messages_that_are_no_events_are_ignored)
{
    BOOST_TEST(!c.watch());
    session alice{c};
    for (auto const* message :
         {"", "x", "hello, this is somebody else", "00000000000000010000000000000000", "00000000000000010000000000000000+",
          "00000000000000010000000000000000+1:a", "00000000000000010000000000000000+99999999999999999999:a0123456789abcdef1234567890123",
          "00000000000000010000000000000000+-1:a", "000000000000000100000000000000000?1:a0123456789abcdef",
          "                                ", "-000000000000001-000000000000001-1:a0123456789abcdef"})
        redis({"SPUBLISH", key("ev"), message});
    redis({"SPUBLISH", key("ev"), std::string(100'000, '9')});
    redis({"PUBLISH", key("ev"), "not sharded"});
    auto const joined = alice.join("a");
    BOOST_REQUIRE(run_until([&] { return !c.events.empty() && c.events.back() == *joined->event; }));
    for (auto const& event : c.events)
        for (auto const& change : event.changes)
            BOOST_TEST(change.member.name == "a");
    BOOST_TEST(!log().empty());
}

BOOST_AUTO_TEST_CASE(keys_of_another_type_are_a_clear_error)
{
    session alice{c};
    for (auto const* name : {"leases", "members", "locks", "data", "fence", "events", "last", "keep"})
    {
        redis({"FLUSHALL"});
        alice.open();
        redis({"DEL", key(name)});
        redis(std::string{name} == "members" || std::string{name} == "keep" ? std::vector<std::string>{"SET", key(name), "x"}
                                                                            : std::vector<std::string>{"LPUSH", key(name), "x"});
        std::vector<error_code> errors;
        errors.push_back(alice.open().error);
        errors.push_back(alice.beat(1min, true).error);
        errors.push_back(alice.join("a").error);
        errors.push_back(alice.leave({"a"}).error);
        errors.push_back(alice.lock("l").error);
        errors.push_back(alice.verify({alice.claim("l", 1)}).error);
        errors.push_back(alice.put("e", "1").error);
        errors.push_back(alice.put_forever("p", "1").error);
        errors.push_back(c.snapshot().error);
        errors.push_back(c.history(0).error);
        errors.push_back(c.inspect("l").error);
        errors.push_back(c.get("e").error);
        errors.push_back(c.erase("e").error);
        errors.push_back(c.reap().error);
        errors.push_back(alice.close().error);
        std::size_t refused = 0;
        for (auto const& error : errors)
        {
            BOOST_TEST((!error || error == errc::refused || error == errc::lost), name << ": " << error.message());
            refused += error == errc::refused ? 1U : 0U;
        }
        BOOST_TEST(refused > 0U, name);
    }
    redis({"FLUSHALL"});
    BOOST_TEST(!alice.open().error);  // the connection is as good as ever
    BOOST_TEST(c.generation == alice.who.generation);
}

// Whatever a script would write to is looked at before the first write.
BOOST_AUTO_TEST_CASE(what_is_refused_for_a_key_of_another_type_is_not_half_done)
{
    session alice{c};
    session dying{c};
    std::map<std::string, std::size_t> refused;
    std::string broken;
    auto const attempt = [&](std::string const& what, auto operation) {
        auto const before = everything();
        auto const error = operation().error;
        if (error != errc::refused)
            return;
        ++refused[broken];
        auto const after = everything();
        for (auto const& [name, digest] : after)
            BOOST_TEST((before.contains(name) && before.at(name) == digest),
                       what << " changed " << name << ", " << broken << " being foreign");
        for (auto const& [name, digest] : before)
            BOOST_TEST(after.contains(name), what << " removed " << name << ", " << broken << " being foreign");
    };
    for (std::string const name : {"leases", "members", "locks", "data", "keep", "fence", "epoch", "events", "last", "queue", "places",
                                   "shares", "beats", "held", "s"})
    {
        redis({"FLUSHALL"});
        alice.open();
        dying.open();
        alice.join({{"a", "1"}, {"b", "1"}});
        dying.join("d");
        dying.lock("d");
        auto const held = alice.claim("l", alice.lock("l")->fence);
        auto const fixed = alice.fixed_claim("f", alice.take("f", 1h)->fence);
        store::acquire waiting;
        waiting.names = {"l"};
        waiting.wait = true;
        alice.acquire(waiting);
        alice.put("e", "1");
        alice.put("own", "1");
        alice.put_for(1h, "t", "1");
        alice.put_for(1h, "t2", "1");
        alice.put_forever("p", "1");
        dying.die();
        broken = name == "held" || name == "s" ? key(name + ":" + alice.id()) : key(name);
        auto const was = redis({"TYPE", broken}).text;
        redis({"DEL", broken});
        redis({"LPUSH", broken, "x"});

        attempt("beat", [&] { return alice.beat(1min, true); });
        attempt("join", [&] { return alice.join({{"a", "2"}, {"c", "1"}}); });
        attempt("leave", [&] { return alice.leave({"b"}); });
        attempt("lock", [&] { return alice.lock("x"); });
        attempt("lock for a term", [&] { return alice.take("y", 1h); });
        attempt("put", [&] { return alice.put("new", "1"); });
        attempt("put over a term", [&] { return alice.put("t2", "2"); });
        attempt("put for a term", [&] { return alice.put_for(1h, "e", "2"); });
        attempt("put forever", [&] { return alice.put_forever("new", "2"); });
        attempt("put forever over its own", [&] { return alice.put_forever("own", "2"); });
        attempt("erase", [&] { return alice.erase("e"); });
        attempt("erase of a term", [&] { return c.erase("t"); });
        attempt("erase for ever", [&] { return c.erase("p"); });
        attempt("wait", [&] { return alice.acquire(waiting); });
        attempt("withdraw", [&] { return alice.withdraw(1); });
        attempt("unlock", [&] { return c.unlock(held); });
        attempt("force", [&] { return c.force(fixed); });
        attempt("resume", [&] { return alice.resume(); });
        attempt("reap", [&] { return c.reap({dying.id()}); });
        attempt("close", [&] { return alice.close(); });
        attempt("open", [&] { return session{c, {new_session_id(), c.generation}}.open(); });
    }
    for (auto const& [name, times] : refused)
        BOOST_TEST(times > 0U, name);
}

BOOST_AUTO_TEST_CASE(records_that_are_none_are_a_clear_error)
{
    session alice{c};
    auto const nul = std::string(1, '\0');
    redis({"HSET", key("members"), "no session", "1234567890123value", "short" + nul + alice.id(), "12", "letters" + nul + alice.id(),
           "xxxxxxxxxxxxxvalue", "", ""});
    redis({"HSET", key("locks"), "short", "s", "letters", "?" + alice.id() + "xxxxxxxxxxxxxxxxowner", "empty", ""});
    redis({"HSET", key("data"), "short", "e", "letters", "txxxxxxxxxxxxxvalue", "empty", "", "kind", "?" + alice.id()});
    redis({"ZADD", key("leases"), "1", "foreign", "2", "", "3", std::string{"k\0gone", 6}, "4", std::string{"d\0gone", 6}});
    redis({"SADD", key("held:" + alice.id()), "", "?", "kno separator", "m", "mnobody", "enothing"});
    auto const tolerated = [](error_code error) { return !error || error == errc::refused; };
    BOOST_TEST(tolerated(c.snapshot().error));
    for (auto const* name : {"short", "letters", "empty", "kind"})
    {
        BOOST_TEST(tolerated(c.inspect(name).error));
        BOOST_TEST(tolerated(alice.lock(name).error));
        BOOST_TEST(tolerated(alice.verify({alice.claim(name, 1)}).error));
        BOOST_TEST(tolerated(c.get(name).error));
        BOOST_TEST(tolerated(alice.put(name, "x", true).error));
        BOOST_TEST(tolerated(alice.join(name).error));
        BOOST_TEST(tolerated(alice.leave({name}).error));
        BOOST_TEST(tolerated(c.erase(name).error));
    }
    BOOST_TEST(tolerated(c(store::list{.pattern = "*", .cursor = {}, .limit = 100}).error));
    BOOST_TEST(tolerated(c.reap({"foreign", "", alice.id()}).error));
    BOOST_TEST(tolerated(alice.beat().error));
    BOOST_TEST(tolerated(alice.close().error));
}

BOOST_AUTO_TEST_CASE(history_entries_that_are_none_are_a_clear_error)
{
    session alice{c};
    alice.join("a");
    redis({"XADD", key("events"), "*", "e", "hello"});
    redis({"XADD", key("events"), "*", "other", "field"});
    auto const answer = c.history(0);
    BOOST_TEST((answer.error == errc::refused || (!answer.error && answer->compacted)), answer.error.message());
    BOOST_TEST(!alice.beat().error);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_a_clear_error)
{
    session alice{c};
    redis({"SET", key("fence"), "many", "KEEPTTL"});
    redis({"SET", key("last"), "recently", "KEEPTTL"});
    for (auto const& error : {alice.lock("l").error, alice.join("a").error, c.history(0).error, c.snapshot().error, alice.beat().error})
        BOOST_TEST((!error || error == errc::refused), error.message());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
