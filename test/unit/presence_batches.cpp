// Many ids at once: how often the store is asked, what becomes of bad ones, parties and counts.
#include "presence_world.hpp"

using namespace unit;

namespace {

names numbered(int count, std::string const& before = "id ")
{
    names result;
    for (int i = 0; i < count; ++i)
        result.push_back(before + std::to_string(i));
    return result;
}

presence_config one_shard()
{
    presence_config config;
    config.shards = 1;
    return config;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence_batches, presence_world)

BOOST_AUTO_TEST_CASE(a_batch_is_one_round_trip_to_each_shard)
{
    auto& a = space();
    auto const ids = numbered(1500);
    ok(a.async_count());
    count_requests();
    auto const asked = [this](auto operation) {
        requests = 0;
        ok(std::move(operation));
        return requests;
    };
    BOOST_TEST(asked(a.async_online(ids)) == 16);
    BOOST_TEST(asked(a.async_online(ids)) == 16);
    BOOST_TEST(asked(a.async_status(ids)) == 16);
    BOOST_TEST(ok(a.async_count()) == 1500U);
    BOOST_TEST(asked(a.async_offline(ids)) == 16);
    BOOST_TEST(ok(a.async_online(ids)).changed == 1500U);
    BOOST_TEST(ok(a.async_online(ids)).changed == 0U);
    BOOST_TEST(ok(a.async_offline(ids)).changed == 1500U);
    BOOST_TEST(ok(a.async_offline(ids)).changed == 0U);
}

// Whatever their number: the calls for one shard travel together.
BOOST_AUTO_TEST_CASE(more_than_one_call_takes_travel_together)
{
    auto& a = space(one_shard());
    auto const ids = numbered(10'000);
    ok(a.async_count());
    int under_way = 0;
    server.on_request([&](testing::request const&) {
        ++under_way;
        testing::request_fault late;
        late.delay = 100ms;
        return late;
    });
    auto const online = start(a.async_online(ids));
    run_for(50ms);
    BOOST_TEST(under_way == 10);
    run_for(1s);
    BOOST_REQUIRE(online->good());
    BOOST_TEST(online->value.changed == 10'000U);
    server.on_request({});
    BOOST_TEST(ok(a.async_count()) == 10'000U);
}

BOOST_AUTO_TEST_CASE(large_texts_are_spread_over_calls)
{
    auto& a = space(one_shard());
    auto const ids = numbered(8);
    std::string const large(500'000, 'x');
    count_requests();
    ok(a.async_count());
    requests = 0;
    ok(a.async_online(ids, {.text = large}));
    BOOST_TEST(requests == 4);
    BOOST_TEST(ok(a.async_status(ids)).at(7).text.size() == large.size());
}

BOOST_AUTO_TEST_CASE(a_bad_id_is_reported_beside_the_others)
{
    auto& a = space();
    std::string const too_long(513, 'x');
    auto const result = ok(a.async_online({"ann", "", too_long, "bob"}));
    BOOST_TEST(result.changed == 2U);
    BOOST_REQUIRE(result.failed.size() == 2U);
    BOOST_TEST(result.failed[0].index == 1U);
    BOOST_TEST((result.failed[0].error == errc::bad_name));
    BOOST_TEST(result.failed[1].index == 2U);
    auto const states = ok(a.async_status({"nobody", "ann", "", "bob"}));
    BOOST_REQUIRE(states.size() == 4U);
    BOOST_TEST(states[0].status == status::unknown);
    BOOST_TEST(states[0].id == "nobody");
    BOOST_TEST(!states[0].error);
    BOOST_TEST(states[1].status == status::online);
    BOOST_TEST((states[2].error == errc::bad_name));
    BOOST_TEST(states[3].status == status::online);
    BOOST_TEST(ok(a.async_status(names{})).empty());
    BOOST_TEST(ok(a.async_online(names{})).changed == 0U);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused_before_anything_is_sent)
{
    auto& a = space();
    count_requests();
    BOOST_TEST((error_of(a.async_online("ann", {.source = "{"})) == errc::bad_name));
    BOOST_TEST((error_of(a.async_online("ann", {.source = std::string_view{"\1"}})) == errc::bad_name));
    BOOST_TEST((error_of(a.async_online("ann", {.value = std::string(1024 * 1024 + 1, 'x')})) == errc::too_large));
    BOOST_TEST((error_of(a.async_set_status("ann", status::offline)) == errc::bad_argument));
    BOOST_TEST((error_of(a.async_set_status("ann", status::unknown)) == errc::bad_argument));
    BOOST_TEST((error_of(a.async_watch({"ann", ""})) == errc::bad_name));
    BOOST_TEST((error_of(a.async_party("{")) == errc::bad_name));
    BOOST_TEST((error_of(a.async_party_add("p", {"ann", ""})) == errc::bad_name));
    BOOST_TEST((error_of(a.async_online("")) == errc::bad_name));
    BOOST_TEST(requests == 0);
    auto const refused = [this](auto change) {
        presence_config config;
        change(config);
        BOOST_CHECK_THROW(space(config), std::invalid_argument);
    };
    refused([](auto& config) { config.space = "{"; });
    refused([](auto& config) { config.source = "}"; });
    refused([](auto& config) { config.ttl = 9ms; });
    refused([](auto& config) { config.shards = 0; });
    refused([](auto& config) { config.linger = -1ms; });
    refused([](auto& config) { config.forget = 0ms; });
}

BOOST_AUTO_TEST_CASE(a_party_is_mapped_in_one_call)
{
    auto& a = space();
    BOOST_TEST(ok(a.async_party("p")).empty());
    BOOST_TEST(ok(a.async_party_add("p", {"ann", "bob", "cid", "dan", "eva"})) == 5U);
    ok(a.async_online({"ann", "bob"}));
    ok(a.async_set_status("cid", status::busy));
    ok(a.async_online("dan"));
    ok(a.async_offline("dan"));
    auto const states = ok(a.async_party("p"));
    BOOST_REQUIRE(states.size() == 5U);
    BOOST_TEST(states.at("ann").status == status::online);
    BOOST_TEST(states.at("cid").status == status::busy);
    BOOST_TEST(states.at("dan").status == status::offline);
    BOOST_TEST(states.at("eva").status == status::unknown);
    BOOST_TEST(ok(a.async_party_remove("p", {"ann", "x"})) == 1U);
    BOOST_TEST(ok(a.async_party("p")).size() == 4U);
    count_requests();
    requests = 0;
    ok(a.async_party("p"));
    BOOST_TEST(requests <= 5);
}

BOOST_AUTO_TEST_CASE(sources_are_those_of_the_options_or_of_the_config)
{
    auto& a = space(with_ttl(30s, "server-1"));
    auto& b = space(with_ttl(30s, "server-2"));
    ok(a.async_online("ann"));
    BOOST_TEST(ok(b.async_status("ann")).at(0).source == "server-1");
    ok(b.async_online("ann"));
    ok(a.async_offline("ann"));
    BOOST_TEST(ok(b.async_status("ann")).at(0).source == "server-2");
    ok(a.async_online("ann", {.source = "server-3"}));
    ok(b.async_offline("ann", {.all_sources = true}));
    BOOST_TEST(status_of(a, "ann") == status::offline);
}

BOOST_AUTO_TEST_CASE(without_a_store_it_ends_in_time)
{
    auto& a = space();
    server.refuse_connections(true);
    auto const online = end_of(a.async_online({"ann", "bob"}));
    BOOST_TEST((online->error == errc::not_connected));
    BOOST_TEST(online->value.failed.size() == 2U);
    BOOST_TEST((error_of(a.async_watch()) == errc::not_connected));
    server.refuse_connections(false);
    run_for(2s);
    ok(a.async_online("ann"));
}

BOOST_AUTO_TEST_CASE(a_caller_who_cancels_is_answered_at_once)
{
    auto& a = space();
    server.freeze();
    auto const online = start(a.async_online("ann"));
    auto const watch = start(a.async_watch());
    run_for(100ms);
    online->cancel.emit(asio::cancellation_type::total);
    watch->cancel.emit(asio::cancellation_type::total);
    settle();
    BOOST_TEST((online->error == asio::error::operation_aborted));
    BOOST_TEST((watch->error == asio::error::operation_aborted));
    server.thaw();
    run_for(10s);
    count_requests();
    requests = 0;
    run_for(1min);
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(what_is_lost_on_the_way_is_sent_again)
{
    for (auto const what : {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after})
    {
        presence_world w;
        auto& a = w.space();
        w.ok(a.async_count());
        w.fail_next("appear", {what});
        BOOST_TEST(w.ok(a.async_online("ann")).failed.empty());
        BOOST_TEST(w.status_of(a, "ann") == status::online);
    }
}

BOOST_AUTO_TEST_CASE(of_many_whose_time_is_over_none_is_counted)
{
    presence_config config;
    config.shards = 1;
    config.ttl = 1s;
    auto& a = space(config);
    names everybody;
    for (int i = 0; i < 1500; ++i)
        everybody.push_back("id " + std::to_string(i));
    ok(a.async_online(everybody));
    BOOST_TEST(ok(a.async_count()) == 1500U);
    run_for(2s);
    BOOST_TEST(ok(a.async_count()) == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_goes_offline_because_the_server_takes_no_more)
{
    auto& a = space(with_ttl(2s));
    ok(a.async_online("ann"));
    run_for(1s);
    fail_next("appear", {fault::refuse});
    BOOST_TEST(ok(a.async_online("ann")).failed.empty());
    run_for(1500ms);
    BOOST_TEST(status_of(a, "ann") == status::online);
    fail_next("appear", {fault::refuse});
    BOOST_TEST((error_of(a.async_set_status("ann", status::busy)) == errc::refused));
    BOOST_TEST(status_of(a, "ann") == status::online);
}

BOOST_AUTO_TEST_SUITE_END()
