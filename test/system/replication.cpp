// A primary and its replicas: a lock that asks for replicas is there when one of them takes over.
#include "world.hpp"

#include <fmt/format.h>

namespace coterie::test {
namespace {

struct pair_of_servers : world
{
    // Waits until a write comes back from the replica. The first WAIT may be answered by what the replica was given when it came, while the
    // server begins to send it the stream up to a second later; the second one is answered by the stream.
    void until_in_step()
    {
        resp_client primary{server.socket()};
        for (auto const* written : {"1", "2"})
        {
            primary({"SET", "probe", written, "PX", "1"});
            BOOST_TEST_REQUIRE(primary({"WAIT", "1", "20000"}).number == 1);
        }
    }

    // A further server that follows ours, and has all it has.
    std::unique_ptr<server_process> replica()
    {
        resp_client{server.socket()}({"CONFIG", "SET", "repl-diskless-sync-delay", "0"});
        auto result = std::make_unique<server_process>(store_kind(), strings{fmt::format("replicaof 127.0.0.1 {}", server.port())});
        until_in_step();
        return result;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replication, pair_of_servers)

BOOST_AUTO_TEST_CASE(a_lock_with_a_replica_survives_its_primary)
{
    auto const second = replica();
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        auto lock = co_await group.async_lock("l", {.min_replicas = 1});
        auto term = co_await group.async_campaign("r", "", {.min_replicas = 1});
        BOOST_TEST((lock.state() == lock_state::held));
        resp_client eyes{second->socket()};
        BOOST_TEST(eyes({"HEXISTS", "coterie:{g}:locks", "l"}).number == 1);
        BOOST_TEST(eyes({"HEXISTS", "coterie:{g}:locks", "\1r"}).number == 1);
        co_await lock.async_release();
        co_await term.async_resign();
        co_await group.async_close();
    });
}

BOOST_AUTO_TEST_CASE(without_enough_replicas_it_is_given_back)
{
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        auto const [alone, none] = co_await group.async_lock("l", {.min_replicas = 1}, as_tuple);
        BOOST_TEST((alone == errc::not_replicated));
        auto const second = replica();
        auto lock = co_await group.async_lock("l", {.min_replicas = 1});
        co_await lock.async_release();
        auto const [one_of_two, nothing] = co_await group.async_lock("l", {.min_replicas = 2}, as_tuple);
        BOOST_TEST((one_of_two == errc::not_replicated));
        auto const free = co_await group.async_inspect("l");
        BOOST_TEST(!free.has_value());
        co_await group.async_close();
    });
}

// One that stands still holds nobody up for longer than is told, however many wait.
BOOST_AUTO_TEST_CASE(a_replica_that_stands_still)
{
    constexpr int many = 50;
    auto const second = replica();
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        co_await group.async_join();
        second->freeze();
        int failed = 0;
        auto const before = steady::now();
        for (int i = 0; i < many; ++i)
            group.async_lock(fmt::format("l{}", i), {.min_replicas = 1}, [&](error_code ec, lock) {
                BOOST_TEST((ec == errc::not_replicated));
                ++failed;
            });
        while (failed < many)
            co_await pause(1ms);
        BOOST_TEST(ms_since(before) < 4000 * slowdown());  // two times half the response timeout, and some more
        second->thaw();
        until_in_step();
        auto lock = co_await group.async_lock("l", {.min_replicas = 1});
        co_await lock.async_release();
        co_await group.async_close();
    });
}

// Its session is resumed, and has looked at its locks, before the replicas answer: nobody would look at this one again.
BOOST_AUTO_TEST_CASE(a_lock_that_is_taken_by_force_while_its_replicas_are_waited_for)
{
    auto const second = replica();
    live([&]() -> asio::awaitable<void> {
        client_config patient;
        patient.response_timeout = 20s;
        group_connector here{connect({}, patient), {.group_name = "g", .heartbeat = 50ms, .ttl = 20s, .member = "here"}};
        group_connector there{connect(), {.group_name = "g", .member = "there"}};
        co_await here.async_join();
        co_await there.async_join();
        second->freeze();
        std::optional<lock> mine;
        here.async_lock("l", {.min_replicas = 1}, [&](error_code ec, lock got) {
            BOOST_TEST(!ec, ec.message());
            mine = std::move(got);
        });
        while (!co_await there.async_force_release("l"))
            co_await pause(1ms);
        auto theirs = co_await there.async_lock("l");
        co_await pause(300ms);  // some beats
        second->thaw();
        co_await pause(2s);
        BOOST_TEST(!mine.has_value());
        BOOST_TEST((theirs.state() == lock_state::held));
        auto const fence = theirs.fence();
        co_await theirs.async_release();
        while (!mine)
            co_await pause(1ms);
        BOOST_TEST(mine->fence() > fence);
        co_await mine->async_release();
        co_await here.async_close();
        co_await there.async_close();
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
