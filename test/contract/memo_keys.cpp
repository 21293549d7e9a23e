// stores: redis valkey
// What lies in a real server of a memoised result, what others put there, and users with fewer rights.
#include "memo.hpp"

#include <algorithm>
#include <map>

namespace coterie::test {
namespace {

struct server_fixture : memo_fixture
{
    static std::string key(std::string const& name) { return "coterie:m:likes:{kristoff}:" + name; }

    strings keys()
    {
        auto result = redis({"KEYS", "*"}).texts();
        std::sort(result.begin(), result.end());
        return result;
    }

    std::int64_t life_of(std::string const& name) { return redis({"PTTL", key(name)}).number; }

    std::map<std::string, std::string> everything()
    {
        std::map<std::string, std::string> result;
        for (auto const& each : keys())
            result[each] = redis({"DUMP", each}).text;
        return result;
    }

    void teardown()
    {
        redis({"ACL", "DELUSER", "guest"});
        bench::teardown();
    }
};

struct foreign_fixture : server_fixture
{
    // What is broken here is broken on purpose.
    void teardown() { redis({"FLUSHALL"}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_keys, server_fixture)

BOOST_AUTO_TEST_CASE(a_result_and_who_generates_and_nothing_else)
{
    auto const fence = begin('a');
    BOOST_TEST(keys() == strings{key("g")});
    BOOST_TEST(redis({"GET", key("g")}).text == std::to_string(fence) + token('a'));
    publish('a', fence, "1", {10min, 5min});
    BOOST_TEST(keys() == strings{key("v")});
    auto const record = look()->found.value();
    auto const ms = [](core::server_time time) { return std::to_string(time.time_since_epoch().count()); };
    BOOST_TEST(redis({"GET", key("v")}).text == std::to_string(fence) + ms(record.made) + ms(record.fresh_until) + "0000000042v1");
    auto const next = *refresh('b')->generates;
    BOOST_TEST(keys() == (strings{key("g"), key("v")}));
    release('b', next);
    BOOST_TEST(keys() == strings{key("v")});
    refresh('b');
    erase();
    BOOST_TEST(keys().empty());
    refresh('b');
    put("1");
    BOOST_TEST(keys() == strings{key("v")});
}

BOOST_AUTO_TEST_CASE(both_go_by_themselves)
{
    constexpr std::int64_t minute = 60'000;
    auto const fence = begin('a', 2min);
    BOOST_TEST((life_of("g") > minute && life_of("g") <= 2 * minute));
    renew('a', fence, 5min);
    BOOST_TEST((life_of("g") > 4 * minute && life_of("g") <= 5 * minute));
    publish('a', fence, "1", {10min, 5min});
    BOOST_TEST((life_of("v") > 14 * minute && life_of("v") <= 15 * minute));
    put("1", {1min, 0min});
    BOOST_TEST((life_of("v") > 0 && life_of("v") <= minute));

    put("1", {5ms, 5ms});
    ask('b', 5ms, true);
    let_pass(20ms);
    BOOST_TEST(redis({"EXISTS", key("v"), key("g")}).number == 0);
}

BOOST_AUTO_TEST_CASE(a_deadline_is_the_same_for_the_key_and_for_its_readers)
{
    begin('a');
    auto const until = ask('b')->busy_until;
    BOOST_TEST(redis({"PEXPIRETIME", key("g")}).number == until->time_since_epoch().count() - 1);
    put("1", {1h, {}});
    BOOST_TEST(redis({"PEXPIRETIME", key("v")}).number == look()->found->fresh_until.time_since_epoch().count() - 1);
}

BOOST_AUTO_TEST_CASE(what_does_nothing_makes_no_key)
{
    look();
    erase();
    publish('a', 1, "1");
    fail('a', 1, "1");
    release('a', 1);
    renew('a', 1);
    BOOST_TEST(keys().empty());
}

BOOST_AUTO_TEST_CASE(a_large_value_survives_that_the_server_lost_its_scripts)
{
    look();  // they have been loaded
    redis({"SCRIPT", "FLUSH", "SYNC"});
    std::string const value(1024 * 1024, 'x');
    BOOST_TEST(!put(value).error);
    BOOST_TEST((look()->found->value == value));
}

BOOST_FIXTURE_TEST_CASE(keys_of_another_type_are_a_clear_error_and_nothing_is_half_done, foreign_fixture)
{
    for (auto const* broken : {"v", "g"})
    {
        redis({"FLUSHALL"});
        put("1", {1ms, 1h});
        let_pass(3ms);
        auto const fence = begin('a');
        redis({"DEL", key(broken)});
        redis({"LPUSH", key(broken), "x"});
        auto const before = everything();
        std::size_t refused = 0;
        for (auto const& error : {look().error, ask('b').error, publish('a', fence, "2").error, fail('a', fence, "x").error, put("3").error,
                                  erase().error, std::string{"g"} == broken ? renew('a', fence).error : error_code{},
                                  std::string{"g"} == broken ? release('a', fence).error : error_code{}})
        {
            BOOST_TEST((!error || error == errc::refused), error.message());
            refused += error == errc::refused ? 1U : 0U;
        }
        BOOST_TEST(refused == (std::string{"g"} == broken ? 8U : 6U));
        BOOST_TEST((everything() == before));
    }
}

BOOST_FIXTURE_TEST_CASE(records_that_are_none_count_as_none_and_are_written_over, foreign_fixture)
{
    std::string const digits(52, '1');
    for (auto const& record : {std::string{}, std::string{"hello"}, digits, digits + "x", digits + "f", std::string(53, 'v'),
                               " " + digits.substr(1) + "v", digits.substr(1) + "vv", std::string(100, '1')})
    {
        redis({"SET", key("v"), record});
        BOOST_TEST(found() == "nothing", record);
        BOOST_TEST(publish('a', begin('a'), "1")->published);
        BOOST_TEST(found() == "fresh 1");
        redis({"SET", key("v"), record});
        BOOST_TEST(!erase()->erased);
    }
    for (auto const& holder : {std::string{}, std::string{"hello"}, std::string(31, '1'), std::string(33, '1'), std::string(32, 'x'),
                               "-" + std::string(31, '1')})
    {
        redis({"SET", key("g"), holder, "PX", "60000"});
        release('a', begin('a'));
        BOOST_TEST(keys().empty());
    }
    redis({"SET", key("g"), std::string(32, '1')});  // well-formed, and it lasts for ever
    release('a', begin('a'));
    BOOST_TEST(keys().empty());
}

BOOST_FIXTURE_TEST_CASE(messages_that_are_no_news_are_ignored, foreign_fixture)
{
    BOOST_TEST(!c.watch());
    std::string const fence = "1234567890123456";
    std::string const times = "123456789012312345678901231234567890";
    std::string const none(36, '0');
    strings const messages{"",
                           "x",
                           fence,
                           fence + times,
                           fence + times + "v",
                           fence + times + "vx",
                           fence + times + "xw",
                           fence + times + "rw",
                           fence + times + "ew",
                           fence + times + "fwtext",
                           fence + none + "rwbytes",
                           fence + none + "ewbytes",
                           fence + none + "rl",
                           fence + times + "vlbytes",
                           std::string(16, '0') + times + "vwbytes",
                           "-" + fence.substr(1) + times + "vwbytes",
                           fence + " " + times.substr(1) + "vwbytes",
                           fence + times.substr(1) + "vwbytes",
                           fence + times + "vw" + std::string(64 * 1024 + 1, 'x'),
                           "00000000000000010000000000000000+1:a01234567890123451234567890123" + std::string{"1:b"},
                           std::string(32, '0')};
    for (auto const& message : messages)
        redis({"SPUBLISH", key("ev"), message});
    redis({"SPUBLISH", key("ev"), fence + times + "nw" + "right"});
    auto const told = c.next_news();
    BOOST_TEST(told.bytes == "right");
    BOOST_TEST((told.what == kind_of_result::negative));
    BOOST_TEST(told.fence == 1234567890123456U);
    BOOST_TEST((told.cost == 1234567890ms));
    BOOST_TEST(std::count_if(log().begin(), log().end(), [](auto const& line) { return line.find("ignored") != line.npos; }) ==
               static_cast<std::ptrdiff_t>(messages.size()));
}

BOOST_AUTO_TEST_CASE(without_the_right_to_publish_all_is_done_and_nothing_told)
{
    BOOST_TEST(!c.watch());
    redis({"ACL", "SETUSER", "guest", "reset", "on", ">secret", "~*", "resetchannels", "+@all"});
    client guest{*this, c.group, "unix://guest:secret@" + server().socket()};
    auto const lease = [&] { return *guest(store::memo_look{token('a'), 1min, true})->generates; };
    BOOST_TEST(guest(store::memo_publish{token('a'), lease(), kind_of_result::value, "1", 1min, 0ms, 0ms})->published);
    BOOST_TEST(found() == "fresh 1");
    BOOST_TEST(guest(store::memo_publish{token('a'), lease(), kind_of_result::failed, "x", 1min, 0ms, 0ms})->published);
    BOOST_TEST(guest(store::memo_release{token('a'), lease()})->released);
    BOOST_TEST(guest(store::memo_store{kind_of_result::value, "2", 1min, 0ms, 0ms})->fence > 0U);
    BOOST_TEST(found() == "fresh 2");
    BOOST_TEST(guest(store::memo_erase{})->erased);
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(guest.watch() == errc::refused);
    put("3");
    BOOST_TEST(c.next_news().bytes == "3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
