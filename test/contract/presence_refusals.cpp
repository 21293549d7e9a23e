// stores: redis valkey
// A full server, keys of another type, a user who may not publish: nothing is half-done, and what can go on does.
#include "presence.hpp"

#include <algorithm>
#include <map>

namespace coterie::test {
namespace {

struct refusals_fixture : presence_fixture
{
    static std::string key(std::string const& name) { return "coterie:p:{chat:3}:" + name; }

    std::map<std::string, std::string> everything()
    {
        std::map<std::string, std::string> result;
        for (auto const& each : redis({"KEYS", "*"}).texts())
            result[each] = redis({"DUMP", each}).text;
        return result;
    }

    void teardown()
    {
        redis({"CONFIG", "SET", "maxmemory", "0"});
        redis({"ACL", "DELUSER", "guest"});
        presence_fixture::teardown();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence_refusals, refusals_fixture)

// Somebody's time is over, so that there is something to be half-done.
BOOST_AUTO_TEST_CASE(a_full_server_takes_no_more_but_lets_go)
{
    online({"ann"}, "", 1ms);
    online({"bob", "cid"});
    let_pass(5ms);
    BOOST_REQUIRE(redis({"CONFIG", "SET", "maxmemory-policy", "noeviction"}).text == "OK");
    BOOST_REQUIRE(redis({"CONFIG", "SET", "maxmemory", "1"}).text == "OK");
    auto const before = everything();
    for (auto const& error : {online({"ann"}).error, online({"bob"}).error, c(store::change_party{"p", {"x"}, {}}).error})
        BOOST_TEST(error == errc::refused);
    BOOST_TEST((everything() == before));
    auto const refreshed = c(store::refresh{how, "", for_long, {"bob", "ann", "dan"}});
    BOOST_TEST((refreshed->there == std::vector<bool>{true, false, false}));
    BOOST_TEST(look("bob").what == status::online);
    BOOST_TEST(look("ann").what == status::offline);
    BOOST_TEST(std::ranges::count(told(), "ann=offline") == 1);
    BOOST_TEST(lapse()->changed == 0U);
    BOOST_TEST(offline({"bob"})->changed == 1U);
    BOOST_TEST(c(store::head_count{how})->count == 1U);
}

BOOST_AUTO_TEST_CASE(keys_of_another_type_leave_everything_as_it_was)
{
    for (auto const* name : {"due", "here", "gone", "spans", "events", "last"})
    {
        redis({"FLUSHALL"});
        online({"ann"});
        online({"bob"}, "", 1ms);
        let_pass(5ms);
        redis({"DEL", key(name)});
        redis(std::string{name} == "last" ? strings{"SADD", key(name), "x"} : strings{"SET", key(name), "x"});
        auto const before = everything();
        BOOST_TEST(online({"cid"}).error == errc::refused, name);
        BOOST_TEST(offline({"ann"}).error == errc::refused, name);
        BOOST_TEST(lapse().error == errc::refused, name);
        BOOST_TEST((everything() == before), name);
    }
    redis({"FLUSHALL"});
}

BOOST_AUTO_TEST_CASE(who_may_not_publish_tells_by_history_alone)
{
    strings const user{"ACL", "SETUSER", "guest", "reset", "on", ">secret", "~*", "resetchannels", "+@all"};
    BOOST_REQUIRE(redis(user).text == "OK");
    BOOST_TEST(!c.watch());
    client mute{*this, c.group, "unix://guest:secret@" + server().socket()};
    BOOST_TEST(mute(store::appear{how, "", for_long, {"ann"}, {}, {}, {}})->changed == 1U);
    BOOST_TEST(mute(store::disappear{how, "", {"ann"}})->changed == 1U);
    BOOST_TEST(told() == (strings{"ann=online", "ann=offline"}));
    BOOST_TEST(c.events.empty());
}

BOOST_AUTO_TEST_CASE(every_key_but_a_party_goes_by_itself)
{
    how.forget = 2h;
    online({"ann", "bob"});
    offline({"bob"});
    c(store::change_party{"p", {"ann"}, {}});
    auto const life = [this](std::string const& name) { return redis({"PTTL", key(name)}).number; };
    for (auto const* name : {"due", "here", "spans", "events", "last"})  // an hour, then two to be remembered, and a minute
        BOOST_TEST((life(name) > 10'800'000 && life(name) <= 10'861'000), name);
    BOOST_TEST((life("gone") > 7'100'000 && life("gone") <= 7'200'000));
    BOOST_TEST(life("party:p") == -1);
    c(store::change_party{"p", {}, {"ann"}});
    BOOST_TEST(life("party:p") == -2);
}

BOOST_AUTO_TEST_CASE(so_do_the_spans_of_sources_that_are_silent)
{
    for (int i = 0; i < 30; ++i)
        online({"ann"}, std::to_string(i), 1ms);
    online({"bob"}, "stays");
    let_pass(5ms);
    for (int i = 0; i < 20; ++i)
        lapse();
    BOOST_TEST(redis({"HLEN", key("spans")}).number == 1);
}

BOOST_AUTO_TEST_CASE(who_is_gone_for_long_is_swept_away)
{
    how.forget = 1ms;
    strings ids;
    for (int i = 0; i < 100; ++i)
        ids.push_back(std::to_string(i));
    online(ids);
    offline(ids);
    how.forget = 1h;
    online({"x"});
    offline({"x"});
    let_pass(5ms);
    for (int i = 0; i < 20 && redis({"HLEN", key("gone")}).number > 1; ++i)
        lapse();
    BOOST_TEST(redis({"HLEN", key("gone")}).number == 1);
    BOOST_TEST(look("x").what == status::offline);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
