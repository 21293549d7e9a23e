// Servers that are full, read-only or guarded, and strangers in the same database: clear errors, and everything that can go on does.
#include "world.hpp"

#include <fmt/format.h>

namespace coterie::test {
namespace {

// Rights to these commands are needed, whatever the program does with the library; and to keys and channels that begin with "coterie:".
strings const needed{"evalsha", "ssubscribe", "spublish",    "del",        "exists",    "get",  "hdel",        "hexists",
                     "hget",    "hgetall",    "hlen",        "hrandfield", "hscan",     "hset", "incr",        "incrby",
                     "pexpire", "pexpireat",  "pexpiretime", "sadd",       "scard",     "set",  "srandmember", "srem",
                     "sscan",   "time",       "xadd",        "xrange",     "xrevrange", "xlen", "zadd",        "zcard",
                     "zcount",  "zlexcount",  "zrange",      "zrem",       "zscore"};

// Without one of these it works as well: scripts are sent with each call (without both of the first two it does not), a half-open
// connection for events is noticed later, a policy that evicts keys is not reported.
strings const welcome{"eval", "script|load", "sunsubscribe", "ping", "info"};

bool holds(error_code const& error, std::string const& part)
{
    return error.message().find(part) != std::string::npos;
}

struct limits_world : world
{
    group_config const tempo{.group_name = "g", .heartbeat = 200ms * slowdown(), .ttl = 800ms * slowdown(), .member = "me"};

    client brief(std::string const& url = {})
    {
        client_config config;
        config.timeout = 1500ms * slowdown();  // more than one backoff
        return connect(url, std::move(config));
    }

    void expect_ok(strings command) { BOOST_TEST_REQUIRE(redis(std::move(command)).text == "OK"); }

    // A user with these rules, reachable by the returned URL.
    std::string guest(strings rules)
    {
        strings command{"ACL", "SETUSER", "guest", "reset", "on", ">secret"};
        command.insert(command.end(), rules.begin(), rules.end());
        expect_ok(command);
        return "redis://guest:secret@127.0.0.1:" + std::to_string(server.port());
    }

    // To the group of this name alone.
    std::string guest_with_documented_rights(std::string const& group, std::string const& but = {})
    {
        strings rules{"~coterie:{" + group + "}:*", "&coterie:{" + group + "}:*"};
        for (auto const& list : {needed, welcome})
            for (auto const& command : list)
                if (command != but)
                    rules.push_back("+" + command);
        return guest(rules);
    }

    // Does one of everything; the first error. Each walk needs a group of its own: connectors of one that failed close in the
    // background, and would find the data lost that the next one begins with.
    asio::awaitable<error_code> walk(std::string url, std::string name)
    {
        try
        {
            group_config const config{.group_name = name, .heartbeat = 50ms * slowdown(), .ttl = 500ms * slowdown()};
            group_connector group{brief(url), config};
            group_connector other{brief(url), config};
            auto events = co_await group.async_watch();
            co_await group.async_join("a", "1");
            names known;
            co_await until(events, known, these("a"));
            co_await group.async_update("a", "2");
            co_await other.async_join("b");
            co_await until(events, known, these("a", "b"));
            co_await group.async_members();
            auto replayed = co_await group.async_watch({.from_revision = 1});
            co_await next(replayed);
            auto held = co_await group.async_try_lock("l");
            BOOST_TEST_REQUIRE(held.has_value());
            co_await other.async_try_lock("l");
            co_await other.async_inspect("l");
            co_await held->async_release();
            auto fixed = co_await group.async_try_lock("f", {.lease = 1s});
            co_await other.async_force_release("f");
            auto const permit = co_await group.async_acquire("s", {.limit = 1});
            co_await other.async_acquire("s", {.wait = 0s, .limit = 1}, as_tuple);
            co_await group.async_put("e", "1");
            co_await group.async_put("t", "1", {.lifetime = 100ms});
            co_await group.async_put("p", "1", {.lifetime = persistent});
            co_await group.async_get("p");
            co_await group.async_list("*");
            co_await pause(200ms * slowdown());  // beats, and the end of a term
            co_await group.async_erase("p");
            co_await group.async_leave("a");
            co_await group.async_close();
            co_await other.async_close();
        }
        catch (boost::system::system_error const& e)
        {
            co_return e.code();
        }
        co_return error_code{};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(limits, limits_world)

BOOST_AUTO_TEST_CASE(a_full_server)
{
    live([&]() -> asio::awaitable<void> {
        auto const mine = connect();
        group_connector alice{mine, tempo};
        group_connector late{connect(), tempo};
        co_await alice.async_join("alice");
        co_await alice.async_join("second");
        auto held = co_await alice.async_try_lock("a");
        BOOST_TEST_REQUIRE(held.has_value());
        auto events = co_await alice.async_watch();
        names known;
        co_await until(events, known, these("alice", "second"));

        expect_ok({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
        expect_ok({"CONFIG", "SET", "maxmemory", "1"});
        auto const [of_join] = co_await alice.async_join("third", as_tuple);
        auto const [of_put] = co_await alice.async_put("path", "1", as_tuple);
        auto const [of_lock, none] = co_await alice.async_try_lock("b", as_tuple);
        auto const [of_late] = co_await late.async_join("late", as_tuple);
        for (auto const& error : {of_join, of_put, of_lock, of_late})
        {
            BOOST_TEST((error == errc::refused));
            BOOST_TEST(holds(error, "OOM"), error.message());
        }
        auto const beats = mine.metrics().beats;
        co_await pause(2 * *tempo.ttl);
        BOOST_TEST(mine.metrics().beats > beats);
        BOOST_TEST(mine.metrics().lost_sessions == 0U);
        BOOST_TEST((held->state() == lock_state::held));
        co_await held->async_release();
        BOOST_TEST(co_await alice.async_leave("second"));
        co_await until(events, known, these("alice"));
        BOOST_TEST(co_await listed(alice) == these("alice"));
        co_await late.async_close();

        expect_ok({"CONFIG", "SET", "maxmemory", "0"});
        co_await alice.async_join("third");
        co_await until(events, known, these("alice", "third"));
        expect_ok({"CONFIG", "SET", "maxmemory", "1"});
        co_await alice.async_close();
    });
}

BOOST_AUTO_TEST_CASE(a_replica)
{
    live([&]() -> asio::awaitable<void> {
        server_process primary{server.kind()};
        auto const port = std::to_string(primary.port());
        group_connector alice{connect(), tempo};
        co_await alice.async_join("alice");

        expect_ok({"REPLICAOF", "127.0.0.1", port});
        group_connector newcomer{brief(), tempo};
        auto const [error] = co_await newcomer.async_join("newcomer", as_tuple);
        BOOST_TEST((error == errc::refused));
        BOOST_TEST(holds(error, "replica"), error.message());
        co_await pause(500ms * slowdown());

        expect_ok({"REPLICAOF", "NO", "ONE"});
        co_await newcomer.async_join("newcomer");
        while (co_await listed(newcomer) != these("alice", "newcomer"))
            co_await pause(10ms);
    });
}

BOOST_AUTO_TEST_CASE(a_wrong_password)
{
    guest({"+@all", "~*", "&*"});
    live([&]() -> asio::awaitable<void> {
        group_connector stranger{brief("redis://guest:hunter2@127.0.0.1:" + std::to_string(server.port())), tempo};
        auto const [error] = co_await stranger.async_join("stranger", as_tuple);
        BOOST_TEST((error == errc::refused));
        BOOST_TEST(holds(error, "WRONGPASS"), error.message());
        BOOST_TEST(!holds(error, "hunter2"), error.message());

        // The password becomes right: nothing needs to be made anew.
        expect_ok({"ACL", "SETUSER", "guest", ">hunter2"});
        co_await stranger.async_join("stranger");
    });
}

BOOST_AUTO_TEST_CASE(the_documented_rights_are_enough)
{
    live([&]() -> asio::awaitable<void> {
        auto const url = guest_with_documented_rights("g");
        auto const error = co_await walk(url, "g");
        BOOST_TEST(!error, error.message());
        for (auto const& each : welcome)
        {
            auto const other_url = guest_with_documented_rights(each, each);
            auto const without = co_await walk(other_url, each);
            BOOST_TEST(!without, each + ": " + without.message());
        }
    });
}

BOOST_AUTO_TEST_CASE(no_documented_right_is_too_many)
{
    live(
        [&]() -> asio::awaitable<void> {
            for (auto const& each : needed)
            {
                redis({"ACL", "LOG", "RESET"});
                redis({"SCRIPT", "FLUSH"});
                auto const url = guest_with_documented_rights(each, each);
                auto const error = co_await walk(url, each);
                bool const denied = !redis({"ACL", "LOG"}).items.empty();
                BOOST_TEST((error || denied), each + " is not needed");
                redis({"FLUSHALL"});
            }
        },
        60s);
}

BOOST_AUTO_TEST_CASE(without_rights_to_the_channel)
{
    auto const url = guest({"+@all", "~*", "resetchannels"});
    live([&]() -> asio::awaitable<void> {
        group_connector group{brief(url), tempo};
        auto const [of_join] = co_await group.async_join("a", as_tuple);
        auto const [of_watch, events] = co_await group.async_watch(as_tuple);
        for (auto const& error : {of_join, of_watch})
        {
            BOOST_TEST((error == errc::refused));
            BOOST_TEST(holds(error, "channel"), error.message());
        }
        BOOST_TEST(co_await listed(group) == names{});
        expect_ok({"ACL", "SETUSER", "guest", "&coterie:*"});
        co_await group.async_join("a");
        BOOST_TEST(co_await listed(group) == these("a"));
    });
}

BOOST_AUTO_TEST_CASE(databases_and_sockets)
{
    live([&]() -> asio::awaitable<void> {
        group_connector by_tcp{connect(server.url() + "/3"), tempo};
        group_connector by_socket{connect(server.socket_url() + "?db=3"), tempo};
        group_connector elsewhere{connect(server.socket_url()), tempo};
        co_await by_tcp.async_join("by tcp");
        co_await by_socket.async_join("by socket");
        co_await elsewhere.async_join("elsewhere");
        BOOST_TEST(co_await listed(by_tcp) == these("by socket", "by tcp"));
        BOOST_TEST(co_await listed(by_socket) == these("by socket", "by tcp"));
        BOOST_TEST(co_await listed(elsewhere) == these("elsewhere"));
        group_connector nowhere{brief(server.url() + "/99"), tempo};
        auto const [error] = co_await nowhere.async_join("nowhere", as_tuple);
        BOOST_TEST((error == errc::refused));
        BOOST_TEST(holds(error, "DB index"), error.message());
    });
}

BOOST_AUTO_TEST_CASE(foreign_keys_and_messages)
{
    live([&]() -> asio::awaitable<void> {
        group_connector alice{connect(), tempo};
        auto events = co_await alice.async_watch();
        co_await alice.async_join("alice");
        names known;
        co_await until(events, known, these("alice"));

        strings const keys{"members", "coterie:{g}", "coterie:{g}:", "coterie:{g}:other", "coterie:g:members", "coterie:{g2}:members"};
        for (auto const& key : keys)
            redis({"SET", key, "x"});
        strings const messages{
            "", "x", std::string(32, '0'), std::string(32, '9'), std::string(32, '0') + "+5:mallo", std::string(100'000, '+')};
        for (auto const& message : messages)
            for (auto const* how : {"SPUBLISH", "PUBLISH"})
                redis({how, "coterie:{g}:ev", message});
        redis({"SPUBLISH", "coterie:{other}:ev", "x"});
        co_await pause(2 * tempo.heartbeat);

        co_await alice.async_join("bob");
        auto const change = co_await next(events);  // the next one that came
        BOOST_TEST((change.joined == strings{"bob"} && change.left.empty() && change.updated.empty() && !change.resynced));
        BOOST_TEST(co_await listed(alice) == these("alice", "bob"));
        for (auto const& key : keys)
            redis({"DEL", key});
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
