// stores: redis valkey
// What lies in a real server: nothing undeclared, nothing that stays behind, nothing of ours shown that is only a placeholder.
#include "../support/fixture.hpp"

#include <algorithm>
#include <cstdlib>

namespace coterie::test {
namespace {

struct real_fixture : fixture
{
    strings keys()
    {
        auto found = redis({"KEYS", "*"}).texts();
        std::sort(found.begin(), found.end());
        return found;
    }

    std::int64_t life(std::string const& name) { return redis({"PTTL", "coterie:{g}:" + name}).number; }

    void use_everything(session& through)
    {
        through.join({{"a", "1"}, {"b", "2"}});
        through.leave({"b"});
        through.lock("l");
        store::acquire reading;
        reading.names = {"read"};
        reading.mode = store::lock_mode::shared;
        through.acquire(reading);
        store::acquire writing;
        writing.names = {"read"};
        writing.wait = true;
        through.acquire(writing);
        through.take("fixed", 10min);
        through.put("e", "1");
        through.put_for(10min, "t", "1");
    }
};

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day = 24 * 60 * minute;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(keys, real_fixture)

BOOST_AUTO_TEST_CASE(all_under_one_hash_tag)
{
    session alice{c};
    use_everything(alice);
    alice.put_forever("p", "1");
    for (auto const& key : keys())
        BOOST_TEST(key.starts_with("coterie:{g}:"));
    strings expected;
    for (auto const* name :
         {"beats", "data", "epoch", "events", "fence", "keep", "last", "leases", "locks", "members", "places", "queue", "shares"})
        expected.push_back(std::string{"coterie:{g}:"} + name);
    expected.push_back("coterie:{g}:held:" + alice.id());
    expected.push_back("coterie:{g}:s:" + alice.id());
    std::sort(expected.begin(), expected.end());
    BOOST_TEST(keys() == expected);
}

BOOST_AUTO_TEST_CASE(every_key_outlives_its_leases_and_no_more)
{
    session alice{c, 5min};
    use_everything(alice);
    for (auto const* name : {"leases", "locks", "members", "data", "epoch", "events", "last", "beats"})
        BOOST_TEST((life(name) > 5 * minute && life(name) <= 11 * minute), name << ": " << life(name));
    for (auto const* name : {"leases", "locks", "data", "epoch"})  // they hold the terms, or tell of them
        BOOST_TEST(life(name) > 10 * minute, name << ": " << life(name));
    BOOST_TEST((life("fence") > day + 9 * minute && life("fence") <= day + 10 * minute));
    BOOST_TEST((life("s:" + alice.id()) > 4 * minute && life("s:" + alice.id()) <= 5 * minute));
    BOOST_TEST((life("held:" + alice.id()) > 5 * minute && life("held:" + alice.id()) <= 6 * minute));
}

BOOST_AUTO_TEST_CASE(beats_that_touch_extend_the_life_of_all)
{
    session alice{c, 1min};
    use_everything(alice);
    alice.beat(20min, true);
    for (auto const* name :
         {"leases", "locks", "members", "data", "fence", "epoch", "events", "last", "queue", "places", "shares", "beats"})
        BOOST_TEST(life(name) > 20 * minute, name << ": " << life(name));
    BOOST_TEST(life("held:" + alice.id()) > 20 * minute);
}

BOOST_AUTO_TEST_CASE(a_shorter_lease_shortens_nothing_of_the_others)
{
    session alice{c, 20min};
    use_everything(alice);
    session bob{c, 1min};
    bob.join("b");
    bob.beat(1s, true);
    for (auto const* name :
         {"leases", "locks", "members", "data", "fence", "epoch", "events", "last", "queue", "places", "shares", "beats"})
        BOOST_TEST(life(name) > 20 * minute, name << ": " << life(name));
}

BOOST_AUTO_TEST_CASE(the_last_one_leaves_nothing_but_history)
{
    session alice{c};
    use_everything(alice);
    auto const fixed = c.holder("fixed").value();
    alice.withdraw(fixed.place);
    c.erase("t");
    alice.close();
    BOOST_TEST(keys() == (strings{"coterie:{g}:epoch", "coterie:{g}:events", "coterie:{g}:fence", "coterie:{g}:last"}));
    BOOST_TEST((life("events") > 0 && life("events") <= minute));
    BOOST_TEST((life("last") > 0 && life("last") <= minute));
    BOOST_TEST((life("fence") > day - minute && life("fence") <= day + 11 * minute));
}

BOOST_AUTO_TEST_CASE(nothing_shortens_the_life_of_the_fence)
{
    session alice{c, 48h};
    alice.lock("l");
    BOOST_TEST(life("fence") > 3 * day - minute);
    alice.close();
    BOOST_TEST(life("fence") > 3 * day - minute);
    session bob{c, 1min};
    bob.lock("l");
    bob.take("m", 5min);
    bob.beat(1s, true);
    BOOST_TEST(life("fence") > 3 * day - minute);
}

BOOST_AUTO_TEST_CASE(a_lock_with_a_term_keeps_fence_and_epoch)
{
    session alice{c, 1min};
    alice.take("l", 72h);
    alice.close();
    for (auto const* name : {"leases", "locks", "epoch", "fence"})
        BOOST_TEST(life(name) > 3 * day, name << ": " << life(name));
}

BOOST_AUTO_TEST_CASE(a_beat_that_makes_its_lease_anew_gives_it_a_life)
{
    session alice{c};
    redis({"DEL", "coterie:{g}:leases"});
    BOOST_TEST(alice.beat()->seen.leases == 1U);
    BOOST_TEST(life("leases") > minute);
    redis({"DEL", "coterie:{g}:beats"});
    BOOST_TEST(alice.beat()->beats == 1U);
    BOOST_TEST(life("beats") > minute);
}

BOOST_AUTO_TEST_CASE(nor_does_one_who_died)
{
    session alice{c};
    alice.join("a");
    alice.lock("l");
    alice.put("e", "1");
    alice.put_forever("p", "1");
    alice.take("fixed", 1ms);
    alice.put_for(1ms, "t", "1");
    alice.die();
    c.reap({alice.id()});
    BOOST_TEST(keys() == (strings{"coterie:{g}:epoch", "coterie:{g}:events", "coterie:{g}:fence", "coterie:{g}:keep", "coterie:{g}:last"}));
    BOOST_TEST(life("keep") == -1);
}

BOOST_AUTO_TEST_CASE(reading_makes_no_key)
{
    c.snapshot();
    c.history(0);
    c.inspect("l");
    c.get("p");
    c.list("*");
    c.erase("p");
    c.reap({new_session_id()});
    c.unlock({{"l"}, "owner", new_session_id(), 1});
    c.force({{"l"}, "owner", new_session_id(), 1});
    session nobody{c, {new_session_id(), c.generation}};
    nobody.beat();
    nobody.join("a");
    nobody.leave({"a"});
    nobody.lock("l");
    nobody.put("p", "v");
    nobody.close();
    BOOST_TEST(keys().empty());
}

BOOST_AUTO_TEST_CASE(a_value_with_a_term_and_nobody_there_goes_by_itself)
{
    session nobody{c, {new_session_id(), c.generation}};
    nobody.put_for(1s, "t", "1");
    for (auto const& key : keys())
    {
        auto const left = redis({"PTTL", key}).number;
        BOOST_TEST((left > 0 && left <= 61'000), key << ": " << left);
    }
}

BOOST_AUTO_TEST_CASE(placeholders_are_never_seen)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(!c.holder("").has_value());
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(c.snapshot()->members.empty());
    alice.join(".");  // a name like the placeholder of held:
    auto const closed = alice.close();
    BOOST_TEST(texts(*closed->event) == strings{"-."});
    BOOST_TEST(redis({"HLEN", "coterie:{g}:locks"}).number == 1);
}

BOOST_AUTO_TEST_CASE(a_session_with_nothing_is_closed_whole)
{
    session bob{c};
    session alice{c};
    auto const closed = alice.close();
    BOOST_TEST(closed->done);
    BOOST_TEST(!closed->event.has_value());
    BOOST_TEST(redis({"EXISTS", "coterie:{g}:held:" + alice.id()}).number == 0);
}

// Nobody reaped it for longer than its list of what hangs on it was kept.
BOOST_AUTO_TEST_CASE(a_session_whose_list_has_expired_is_reaped_all_the_same)
{
    session bob{c};
    session alice{c};
    alice.join({{"a", "1"}, {"b", "2"}});
    alice.lock("l");
    alice.put("e", "1");
    bob.join({{"a", "3"}});
    bob.lock("m");
    bob.take("fixed", 1h);
    bob.put("f", "1");
    bob.put_for(1h, "t", alice.id());  // a value like the record of one of hers
    alice.die();
    redis({"DEL", "coterie:{g}:held:" + alice.id()});
    auto const reaped = c.reap({alice.id()});
    BOOST_REQUIRE(reaped->event.has_value());
    auto left = texts(*reaped->event);
    std::sort(left.begin(), left.end());
    BOOST_TEST(left == (strings{"-a", "-b"}));
    BOOST_TEST(reaped->due.empty());
    BOOST_TEST(c.living() == strings{"a=3"});
    auto locks = redis({"HKEYS", "coterie:{g}:locks"}).texts();
    auto data = redis({"HKEYS", "coterie:{g}:data"}).texts();
    std::sort(locks.begin(), locks.end());
    std::sort(data.begin(), data.end());
    BOOST_TEST(locks == (strings{"", "fixed", "m"}));
    BOOST_TEST(data == (strings{"f", "t"}));
}

BOOST_AUTO_TEST_CASE(lists_that_have_expired_cost_one_look_at_the_group)
{
    session bob{c};
    entries many;
    for (int i = 0; i < 5000; ++i)
        many.push_back({"m" + std::to_string(i), ""});
    bob.join(many);
    session_ids dead;
    for (std::size_t i = 0; i < store::reap::sessions; ++i)
    {
        session one{c};
        one.join("one");
        one.beat(1ms);
        redis({"DEL", "coterie:{g}:held:" + one.id()});
        dead.push_back(one.id());
    }
    let_pass(10ms);
    redis({"CONFIG", "RESETSTAT"});
    auto const reaped = c.reap(dead);
    BOOST_TEST(reaped->event->changes.size() == dead.size());
    auto const stats = redis({"INFO", "commandstats"}).text;
    auto const scans = stats.find("cmdstat_hscan:calls=");
    BOOST_REQUIRE(scans != std::string::npos);
    BOOST_TEST(std::strtol(stats.c_str() + scans + 20, nullptr, 10) < 20);
    BOOST_TEST(c.living().size() == many.size());
}

BOOST_AUTO_TEST_CASE(the_rights_to_one_group_s_keys_and_channels_are_enough)
{
    BOOST_REQUIRE(redis({"ACL", "SETUSER", "narrow", "reset", "on", ">secret", "~coterie:{g}:*", "&coterie:{g}:*", "+@all"}).text == "OK");
    auto const url = "unix://narrow:secret@" + server().socket();
    client narrow{*this, "g", url};
    session alice{narrow};
    use_everything(alice);
    BOOST_TEST(!narrow.watch());
    BOOST_TEST(!narrow.watch(alice.id()));
    store::acquire permit;
    permit.names.push_back("permit");
    permit.mode = store::lock_mode::permit;
    permit.limit = 1;
    permit.wait = true;
    BOOST_TEST(alice.acquire(permit)->granted);
    auto const first = alice.last.place;
    BOOST_TEST(alice.acquire(permit)->waiting);
    session dying{narrow};
    BOOST_TEST(dying.acquire(permit)->waiting);
    dying.die();
    BOOST_TEST(alice.withdraw(first)->held);
    BOOST_TEST(run_until([&] { return !narrow.grants.empty(); }));
    narrow.reap({dying.id()});
    alice.put_forever("p", "1");
    narrow.list("*");
    narrow.snapshot();
    narrow.history(0);
    narrow.force(narrow.holder("l").value());
    alice.resume();
    BOOST_TEST(alice.verify({alice.claim("l", 1)})->held.size() == 1U);
    narrow.erase("e");
    narrow.reap({alice.id()});
    BOOST_TEST(alice.close()->done);
    redis({"ACL", "DELUSER", "narrow"});
}

BOOST_AUTO_TEST_CASE(scripts_that_were_flushed_are_sent_again)
{
    session alice{c};
    redis({"SCRIPT", "FLUSH", "SYNC"});
    use_everything(alice);
    BOOST_TEST(c.reap()->seen.leases == 3U);
    redis({"SCRIPT", "FLUSH", "SYNC"});
    BOOST_TEST(alice.close()->done);
}

BOOST_AUTO_TEST_CASE(the_records_are_as_the_protocol_says)
{
    session alice{c};
    alice.join("a", "value");
    auto const fence = alice.lock("l", "me")->fence;
    alice.put("e", "1");
    alice.put_for(1h, "t", "2");
    auto const member = redis({"HGET", "coterie:{g}:members", std::string{"a"} + '\0' + alice.id()}).text;
    BOOST_TEST(member.size() == 13 + 5U);
    BOOST_TEST(member.ends_with("value"));
    BOOST_TEST(redis({"HGET", "coterie:{g}:locks", "l"}).text == "s" + alice.id() + std::to_string(fence) + "me");
    BOOST_TEST(redis({"HGET", "coterie:{g}:data", "e"}).text == "e" + alice.id() + "1");
    auto const term = redis({"HGET", "coterie:{g}:data", "t"}).text;
    BOOST_TEST((term.size() == 15 && term.front() == 't' && term.back() == '2'));
    BOOST_TEST(redis({"GET", "coterie:{g}:s:" + alice.id()}).text == std::to_string(c.generation));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
