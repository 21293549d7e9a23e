// The cache in the process: what it saves, and what takes a result out of it.
#include "memo_world.hpp"

#include "src/core/memo_cache.hpp"
#include "src/core/memo_life.hpp"

using namespace unit;

namespace {

struct local_world : memo_world
{
    static memo_config local(std::size_t entries = 10)
    {
        memo_config config;
        config.local_entries = entries;
        return config;
    }

    // Gets it until it is at hand: the first look makes a place, the second one fills it.
    void warm(memo& from, std::string const& id, std::string const& expected)
    {
        for (int i = 0; i < 3; ++i)
        {
            BOOST_TEST(end(from.async_get(id, 10s, makes(expected, {0ms, 1h})))->is(expected));
            run_for(10ms);
        }
        count_requests();
        requests = 0;
        BOOST_TEST(end(from.async_get(id, 10s, makes("not wanted")))->is(expected));
        BOOST_TEST(requests == 0);
    }

    coterie::metrics count() { return last().count(); }
};

using coterie::core::memo_cache;
constexpr auto at = [](int seconds) { return coterie::core::local_time{} + std::chrono::seconds{seconds}; };

memo_cache::value found(memo_cache& cache, std::string_view id)
{
    return cache.find(id, at(0)).value_or("nothing");
}

void fill(memo_cache& cache, std::string const& id, std::string value, std::uint64_t fence = 1)
{
    std::vector<std::string> evicted;
    cache.admit(id, evicted);
    cache.confirm(id);
    cache.put(id, cache.ticket(id), fence, std::move(value), at(10));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_local, local_world)

BOOST_AUTO_TEST_CASE(what_is_at_hand_costs_no_request)
{
    auto& a = part(local());
    warm(a, "x", "1");
    BOOST_TEST((count().memo_gets == 4U && count().memo_local_hits == 1U && count().generations == 1U));
    BOOST_TEST(end(a.async_get("x", 10s, makes("2"), {.refresh = true}))->is("2"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("2"));
}

BOOST_AUTO_TEST_CASE(a_push_takes_it_out)
{
    auto& a = part(local());
    auto& b = part();
    warm(a, "x", "1");
    ok(b.async_invalidate("x"));
    run_for(10ms);
    BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("2"));
    warm(a, "x", "2");
    ok(b.async_store("x", "3", 1h));
    run_for(10ms);
    BOOST_TEST(end(a.async_get("x", 10s, makes("4")))->is("3"));
}

BOOST_AUTO_TEST_CASE(who_changes_it_himself_sees_it_at_once)
{
    auto& a = part(local());
    warm(a, "x", "1");
    server.drop_pushes(true);
    ok(a.async_store("x", "2", 1h));
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("2"));
    ok(a.async_invalidate("x"));
    BOOST_TEST(end(a.async_get("x", 10s, makes("3")))->is("3"));
}

BOOST_AUTO_TEST_CASE(a_lost_push_is_made_good_by_the_local_ttl)
{
    auto config = local();
    config.local_ttl = 3s;
    auto& a = part(config);
    auto& b = part();
    warm(a, "x", "1");
    server.drop_pushes(true);
    ok(b.async_store("x", "2", 1h));
    run_for(3s);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("2"));
}

BOOST_AUTO_TEST_CASE(a_broken_connection_takes_everything_out)
{
    auto config = local();
    config.local_ttl = 24h;
    auto& a = part(config);
    auto& b = part();
    warm(a, "x", "1");
    server.drop_pushes(true);
    ok(b.async_store("x", "2", 1h));
    server.drop_pushes(false);
    server.disconnect_all();
    run_for(2s);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("2"));
    warm(a, "x", "2");
    ok(b.async_store("x", "3", 1h));
    run_for(10ms);
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("3"));
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_ttl)
{
    auto& a = part(local());
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(end(a.async_get("x", 10s, makes("1", {0ms, 1s})))->is("1"));
    run_for(1s);
    BOOST_TEST(end(a.async_get("x", 10s, makes("2")))->is("2"));
}

BOOST_AUTO_TEST_CASE(the_ones_last_used_stay)
{
    auto& a = part(local(2));
    warm(a, "x", "1");
    warm(a, "y", "2");
    warm(a, "x", "1");
    warm(a, "z", "3");
    requests = 0;
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->is("1"));
    BOOST_TEST(requests == 0);
    BOOST_TEST(end(a.async_get("y", 10s, makes("0")))->is("2"));
    BOOST_TEST(requests > 0);
}

BOOST_AUTO_TEST_CASE(after_closing_nothing_is_at_hand)
{
    auto& a = part(local());
    warm(a, "x", "1");
    ok(a.async_close());
    BOOST_TEST(end(a.async_get("x", 10s, makes("0")))->failed(errc::closed));
}

BOOST_AUTO_TEST_CASE(a_cache_has_bounds)
{
    memo_cache cache{3, 3 * (memo_cache::overhead + 1) + 10};
    for (auto const* id : {"a", "b", "c", "d"})
        fill(cache, id, id);
    BOOST_TEST((found(cache, "a") == "nothing" && found(cache, "b") == "b" && found(cache, "d") == "d"));
    fill(cache, "d", std::string(9, 'x'), 2);
    BOOST_TEST((found(cache, "c") == "nothing" && found(cache, "b") == "b"));
    fill(cache, "d", std::string(1000, 'x'), 3);
    BOOST_TEST((found(cache, "d") == "nothing" && found(cache, "b") == "b"));
    BOOST_TEST(cache.shut().size() == 2U);
    fill(cache, "e", "e");
    BOOST_TEST((found(cache, "e") == "nothing"));
}

BOOST_AUTO_TEST_CASE(a_cache_takes_nothing_that_may_be_outdated)
{
    memo_cache cache{3, 1000};
    std::vector<std::string> evicted;
    BOOST_TEST(cache.admit("a", evicted));
    BOOST_TEST(!cache.admit("a", evicted));
    auto const before = cache.ticket("a");
    cache.confirm("a");
    cache.put("a", before, 1, "asked before news were heard", at(10));
    BOOST_TEST((found(cache, "a") == "nothing"));
    auto ticket = cache.ticket("a");
    cache.outdate("a", 5);
    cache.put("a", ticket, 4, "older", at(10));
    BOOST_TEST((found(cache, "a") == "nothing"));
    cache.put("a", ticket, 5, "the one that was told of", at(10));
    BOOST_TEST((found(cache, "a") == "the one that was told of"));
    cache.outdate("a", 5);
    BOOST_TEST((found(cache, "a") == "the one that was told of"));
    cache.distrust();
    BOOST_TEST((found(cache, "a") == "nothing"));
    cache.put("a", ticket, 6, "asked before the gap", at(10));
    BOOST_TEST((found(cache, "a") == "nothing"));
    cache.put("a", cache.ticket("a"), 6, "new", at(10));
    BOOST_TEST((found(cache, "a") == "new"));
    BOOST_TEST(!cache.find("a", at(10)).has_value());
    cache.forget("a");
    BOOST_TEST((found(cache, "a") == "nothing"));
}

BOOST_AUTO_TEST_CASE(early_refreshes_grow_likelier_towards_the_end_and_with_the_cost)
{
    using coterie::core::refreshes_early;
    BOOST_TEST(!refreshes_early(1ms, 1h, 0, 0.99));
    BOOST_TEST(refreshes_early(0ms, 0ms, 1, 0));
    BOOST_TEST(!refreshes_early(1000ms, 100ms, 1, 0.5));  // 69 ms
    BOOST_TEST(refreshes_early(69ms, 100ms, 1, 0.5));
    BOOST_TEST(!refreshes_early(70ms, 100ms, 1, 0.5));
    BOOST_TEST(refreshes_early(130ms, 100ms, 2, 0.5));
    BOOST_TEST(refreshes_early(400ms, 100ms, 1, 0.99));  // 460 ms
    using coterie::core::jittered;
    BOOST_TEST((jittered(1000ms, 0.5, 0.5) == 750ms));
    BOOST_TEST((jittered(1000ms, 0, 0.5) == 1000ms));
    BOOST_TEST((jittered(1ms, 0.9, 0.99) == 1ms));
    BOOST_TEST((jittered(0ms, 0.9, 0.99) == 0ms));
}

BOOST_AUTO_TEST_SUITE_END()
