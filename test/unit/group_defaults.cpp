#include "group_world.hpp"

#include <boost/asio/ip/host_name.hpp>

using namespace unit;
using coterie::client_config;

namespace {

// What the constructor throws, "" if nothing.
std::string refusal(world& w, group_config config, std::string const& url = {}, client_config how = {})
{
    asio::io_context io;
    how.clock = w.clock;
    try
    {
        coterie::client const client{io.get_executor(), url.empty() ? w.server.url() : url, how};
        coterie::group_connector const group{client, std::move(config)};
        return "";
    }
    catch (std::invalid_argument const& error)
    {
        return error.what();
    }
}

bool names_field(std::string const& message, std::string const& field)
{
    return message.starts_with(field);
}

group_config named(std::string name)
{
    group_config config;
    config.group_name = std::move(name);
    return config;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_defaults, world)

BOOST_AUTO_TEST_CASE(a_group_without_options)
{
    asio::io_context io;
    coterie::client_config how;
    how.clock = clock;
    coterie::client const client{io.get_executor(), server.url(), how};
    coterie::group_connector group{client};
    BOOST_TEST(group.group_name() == "default-group");
    BOOST_TEST((group.get_executor() == asio::any_io_executor{io.get_executor()}));
    bool joined = false;
    group.async_join([&](error_code error) { joined = !error; });
    clock->run_until(io, [&] { return joined; });
    BOOST_TEST(joined);
    BOOST_TEST(stored(asio::ip::host_name()));
}

BOOST_AUTO_TEST_CASE(the_lease_is_one_and_a_half_beats_of_five_seconds)
{
    auto& a = make("a");
    ok(a->async_join());
    auto const lock = ok(a->async_try_lock("l"));
    auto const info = ok(a->async_inspect("l"));
    BOOST_TEST((info->remaining == 7500ms));
    BOOST_TEST((lock->deadline() - clock->now() == 7350ms));  // 2 % earlier
    run_for(4s);
    BOOST_TEST(a.count().beats == 0u);
    run_for(1s);
    BOOST_TEST(a.count().beats == 1u);
}

BOOST_AUTO_TEST_CASE(a_constructor_does_no_io)
{
    count_requests();
    make("a");
    run_for(1min);
    BOOST_TEST(requests == 0);
    BOOST_TEST(server.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(reading_opens_no_session)
{
    auto& a = make("a");
    ok(a->async_members());
    ok(a->async_inspect("l"));
    ok(a->async_get("p"));
    ok(a->async_list("*"));
    ok(a->async_force_release("l"));
    BOOST_TEST(!ok(a->async_leave("a")));
    BOOST_TEST(!ok(a->async_update("a", "1")));
    BOOST_TEST(!ok(a->async_release("l")));
    BOOST_TEST(a.count().sessions == 0u);
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_config_names_the_field)
{
    auto const beat = [](std::chrono::milliseconds heartbeat, std::optional<std::chrono::milliseconds> ttl = {}) {
        group_config config;
        config.heartbeat = heartbeat;
        config.ttl = ttl;
        return config;
    };
    group_config member;
    member.member = "a{b";

    count_requests();
    BOOST_TEST(names_field(refusal(*this, named("")), "group_name"));
    BOOST_TEST(names_field(refusal(*this, named("a{b}")), "group_name"));
    BOOST_TEST(names_field(refusal(*this, named(std::string(513, 'x'))), "group_name"));
    BOOST_TEST(refusal(*this, named(std::string(512, 'x'))).empty());
    BOOST_TEST(names_field(refusal(*this, beat(9ms)), "heartbeat"));
    BOOST_TEST(names_field(refusal(*this, beat(-1ms)), "heartbeat"));
    BOOST_TEST(names_field(refusal(*this, beat(24h + 1ms)), "heartbeat"));
    BOOST_TEST(refusal(*this, beat(24h)).empty());
    BOOST_TEST(refusal(*this, beat(10ms)).empty());
    BOOST_TEST(names_field(refusal(*this, beat(5s, 5s)), "ttl"));
    BOOST_TEST(names_field(refusal(*this, beat(10s, 10100ms)), "ttl"));  // over before its first beat
    BOOST_TEST(names_field(refusal(*this, beat(5s, -1ms)), "ttl"));
    BOOST_TEST(names_field(refusal(*this, beat(5s, 7 * 24h + 1ms)), "ttl"));
    BOOST_TEST(refusal(*this, beat(5s, 5200ms)).empty());
    BOOST_TEST(names_field(refusal(*this, member), "member"));

    client_config how;
    how.timeout = 0ms;
    BOOST_TEST(names_field(refusal(*this, {}, {}, how), "timeout"));
    how = {};
    how.response_timeout = 0ms;
    BOOST_TEST(names_field(refusal(*this, {}, {}, how), "response_timeout"));
    how.response_timeout = coterie::forever;
    BOOST_TEST(names_field(refusal(*this, {}, {}, how), "response_timeout"));
    how.response_timeout = 1s;
    how.timeout = coterie::forever;
    BOOST_TEST(names_field(refusal(*this, {}, {}, how), "timeout"));
    how = {};
    how.name = "two words";
    BOOST_TEST(names_field(refusal(*this, {}, {}, how), "name"));
    BOOST_TEST(!refusal(*this, {}, "http://x").empty());
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused_before_it_is_sent)
{
    auto& a = make("a");
    ok(a->async_join());
    auto const before = server.dump("default-group");
    auto const long_name = std::string(513, 'x');
    auto const long_value = std::string(1024 * 1024 + 1, 'x');
    std::vector<std::string_view> const many_tags(65, "t");
    coterie::join_options tags;
    tags.tags = many_tags;
    coterie::lock_options waits, no_lease, long_lease, bad_member;
    waits.wait = -1ms;
    no_lease.lease = 0ms;
    long_lease.lease = 7 * 24h + 1ms;
    bad_member.member = "{}";
    coterie::put_options no_term, long_term;
    no_term.lifetime = 0ms;
    long_term.lifetime = 7 * 24h + 1ms;
    coterie::watch_options no_buffer;
    no_buffer.buffer = 0;

    count_requests();
    for (std::string const& bad : {std::string{}, long_name, std::string{"{"}, std::string{"}"}, std::string{"\n"}, std::string(1, '\0')})
    {
        BOOST_TEST((error_of(a->async_join(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_leave(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_update(bad, "")) == errc::bad_name));
        BOOST_TEST((error_of(a->async_try_lock(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_release(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_release(bad, "l")) == errc::bad_name));
        BOOST_TEST((error_of(a->async_inspect(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_force_release(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_put(bad, "")) == errc::bad_name));
        BOOST_TEST((error_of(a->async_get(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_erase(bad)) == errc::bad_name));
        BOOST_TEST((error_of(a->async_list(bad)) == errc::bad_name));
    }
    BOOST_TEST((error_of(a->async_try_lock("l", bad_member)) == errc::bad_name));
    BOOST_TEST((error_of(a->async_join("b", long_value)) == errc::too_large));
    BOOST_TEST((error_of(a->async_update("a", long_value)) == errc::too_large));
    BOOST_TEST((error_of(a->async_put("p", long_value)) == errc::too_large));
    BOOST_TEST((error_of(a->async_join("b", "", tags)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_lock("l", waits)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_try_lock("l", no_lease)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_try_lock("l", long_lease)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_put("p", "", no_term)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_put("p", "", long_term)) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_watch(no_buffer)) == errc::bad_argument));
    BOOST_TEST(requests == 0);
    BOOST_TEST(server.dump("default-group") == before);
}

BOOST_AUTO_TEST_CASE(the_largest_input_is_good)
{
    auto& a = make("a");
    auto const name = std::string(512, '\xff');
    BOOST_TEST(ok(a->async_try_lock(name)).has_value());
    ok(a->async_put(name, std::string(1024 * 1024, '\0')));
    BOOST_TEST(ok(a->async_get(name))->size() == 1024u * 1024u);
    ok(a->async_join(name, std::string(1024 * 1024 - 2, 'x')));
    BOOST_TEST(ok(a->async_members()).at(0).value.size() == 1024u * 1024u - 2);
}

// What is legal at the call must not become illegal inside: tags and value together have one limit.
BOOST_AUTO_TEST_CASE(an_update_counts_the_tags_too)
{
    auto& a = make("a");
    std::string const tag(1000, 't');
    std::vector<std::string_view> const views{tag};
    coterie::join_options tags;
    tags.tags = views;
    ok(a->async_join("a", "", tags));
    BOOST_TEST((error_of(a->async_update("a", std::string(1024 * 1024 - 500, 'x'))) == errc::too_large));
    BOOST_TEST(ok(a->async_members()).at(0).value.empty());
}

BOOST_AUTO_TEST_SUITE_END()
