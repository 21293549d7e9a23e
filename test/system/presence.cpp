// alone: it measures real time
// Presence on a real server: punctual, within the rights that are documented, and a million ids.
#include "world.hpp"

#include <fmt/format.h>

namespace coterie::test {
namespace {

int const many_ids = slowdown() == 1 ? 1'000'000 : 100'000;  // under a sanitizer it is about other things
constexpr int batch = 10'000;

struct presence_system : world
{
    static presence_config tempo()
    {
        presence_config config;
        config.space = "chat";
        config.ttl = 1s * slowdown();
        return config;
    }

    static strings ids_from(int begin)
    {
        strings result;
        result.reserve(batch);
        for (int i = begin; i < begin + batch; ++i)
            result.push_back(fmt::format("user:{}", i));
        return result;
    }

    long long used_memory() const
    {
        auto const info = redis({"INFO", "memory"}).text;
        auto const at = info.find("used_memory:");
        return std::stoll(info.substr(at + 12));
    }

    // Nobody is told of the end of those who are there: they would stay for a minute.
    void teardown()
    {
        redis({"FLUSHALL"});
        world::teardown();
    }
};

asio::awaitable<void> until(presence_events& events, std::string id, status wanted)
{
    for (bool seen = false; !seen;)
    {
        auto const change = co_await events.async_next(asio::cancel_after(20s * slowdown(), asio::deferred));
        BOOST_TEST_REQUIRE(change.has_value());
        for (auto const& each : change->changes)
            seen = seen || (each.id == id && each.status == wanted);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence, presence_system)

BOOST_AUTO_TEST_CASE(another_client_is_told_in_time)
{
    live([&]() -> asio::awaitable<void> {
        coterie::presence here{connect(), tempo()};
        coterie::presence there{connect(), tempo()};
        auto all = co_await there.async_watch();
        auto some = co_await there.async_watch({"ann", "cid"});
        co_await here.async_online({"ann", "bob"});
        auto const then = steady::now();
        co_await until(all, "bob", status::online);
        co_await until(some, "ann", status::online);
        BOOST_TEST(ms_since(then) < 500 * slowdown());
        co_await here.async_offline("bob");
        co_await until(all, "bob", status::offline);
        co_await until(some, "ann", status::offline);
        auto const late = ms_since(then) - 1000 * slowdown();
        BOOST_TEST_MESSAGE(fmt::format("announced {} ms after the end of its time", late));
        BOOST_TEST(late > -100);
        BOOST_TEST(late < 100 * slowdown());
        auto const state = co_await there.async_status("ann");
        BOOST_TEST((state.at(0).status == status::offline));
    });
}

BOOST_AUTO_TEST_CASE(a_set_of_another_service_is_a_party)
{
    redis({"SADD", "game:party:7", "ann", "bob"});
    live([&]() -> asio::awaitable<void> {
        coterie::presence here{connect(), tempo()};
        co_await here.async_online("ann");
        auto const party = co_await here.async_party("", {.foreign_key = "game:party:7"});
        BOOST_TEST(party.size() == 2U);
        BOOST_TEST((party.at("ann").status == status::online));
        BOOST_TEST((party.at("bob").status == status::unknown));
    });
}

// docs/operations.md
BOOST_AUTO_TEST_CASE(the_documented_rights_are_enough)
{
    strings command{"ACL", "SETUSER", "guest", "reset", "on", ">secret", "~coterie:p:{chat:*", "&coterie:p:{chat:*"};
    for (auto const* each :
         {"ping",      "info",        "script|load", "eval",      "evalsha",  "ssubscribe", "sunsubscribe", "get",   "set",
          "pexpireat", "pexpiretime", "time",        "hget",      "hset",     "hdel",       "hlen",         "hscan", "hrandfield",
          "hmget",     "sadd",        "srem",        "scard",     "smembers", "zadd",       "zrem",         "zcard", "zrange",
          "zmscore",   "xadd",        "xrange",      "xrevrange", "xlen",     "spublish"})
        command.push_back(std::string{"+"} + each);
    BOOST_TEST_REQUIRE(redis(command).text == "OK");
    auto const url = fmt::format("redis://guest:secret@127.0.0.1:{}", server.port());
    for (auto const* more : {"", "+pubsub|shardnumsub"})
        live([&]() -> asio::awaitable<void> {
            if (*more != '\0')
                BOOST_TEST_REQUIRE(redis({"ACL", "SETUSER", "guest", more}).text == "OK");
            coterie::presence space{connect(url), tempo()};
            auto all = co_await space.async_watch();
            co_await space.async_set_status("ann", status::away, {.text = "lunch"});
            co_await until(all, "ann", status::away);
            co_await space.async_online("bob");
            co_await space.async_party_add("p", {"ann", "bob"});
            co_await space.async_party_remove("p", "bob");
            BOOST_TEST((co_await space.async_party("p")).size() == 1U);
            BOOST_TEST(co_await space.async_count() == 2U);
            co_await space.async_offline("bob");
            co_await until(all, "ann", status::offline);
        });
}

BOOST_AUTO_TEST_CASE(a_million_are_online)
{
    live(
        [&]() -> asio::awaitable<void> {
            auto config = tempo();
            config.ttl = 1h;
            coterie::presence space{connect(), config};
            auto const before = used_memory();
            auto const start = steady::now();
            for (int begin = 0; begin < many_ids; begin += batch)
            {
                auto const result = co_await space.async_online(ids_from(begin));
                BOOST_TEST_REQUIRE(result.changed == static_cast<std::size_t>(batch));
            }
            auto const took = ms_since(start);
            BOOST_TEST(co_await space.async_count() == static_cast<std::uint64_t>(many_ids));
            auto const bytes = (used_memory() - before) / many_ids;

            redis({"CONFIG", "RESETSTAT"});
            auto const refresh = steady::now();
            for (int begin = 0; begin < 10 * batch; begin += batch)
                co_await space.async_online(ids_from(begin));
            auto const refreshed = ms_since(refresh);
            auto const stats = redis({"INFO", "commandstats"}).text;
            auto const usec = stats.find("usec=", stats.find("cmdstat_evalsha:"));
            auto const per_id = std::stod(stats.substr(usec + 5)) / (10 * batch);
            auto const look = steady::now();
            auto const states = co_await space.async_status(ids_from(many_ids / 2));
            BOOST_TEST(std::ranges::all_of(states, [](auto const& each) { return each.status == status::online; }));
            BOOST_TEST_MESSAGE(fmt::format("{} online: {} ms, {} bytes an id; 100,000 refreshed: {} ms, {:.2f} us of the server an id; "
                                           "10,000 looked at: {} ms",
                                           many_ids, took, bytes, refreshed, per_id, ms_since(look)));
            BOOST_TEST(bytes < 1000);
            co_await space.async_close();
        },
        180s * slowdown());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
