// stores: redis valkey
// Every script touches only the keys that it was given, as a cluster demands: MONITOR shows what each one did.
#include "../support/fixture.hpp"

#include "src/store/address.hpp"

#include <algorithm>
#include <cstdlib>

namespace coterie::test {
namespace {

// The words of a line of MONITOR: `<time> [<database> <client>] "word" "word" ...`, quotes escaped.
strings words_of(std::string const& line)
{
    strings result;
    for (auto at = line.find('"'); at != std::string::npos; at = line.find('"', at))
    {
        auto end = ++at;
        while (end < line.size() && line[end] != '"')
            end += line[end] == '\\' ? 2U : 1U;
        result.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return result;
}

bool is_key(std::string const& word)
{
    return word.starts_with("coterie:");
}

void use_presence(bench& on)
{
    client shard{on, store::presence_shard("chat", 3)};
    store::presence_tempo const lingering{1ms, 1ms};
    shard(store::appear{lingering, "s", 1ms, {"a", "b"}, {}, "text", {}});
    shard(store::disappear{lingering, "s", {"a"}});
    on.let_pass(5ms);
    shard(store::look_up{lingering, {"a", "b", "c"}});
    shard(store::appear{lingering, "s", 1h, {"a"}});
    shard(store::refresh{lingering, "s", 1h, {"a", "b"}});
    shard(store::roll_call{lingering, {}});
    shard(store::lapse{lingering});
    shard(store::head_count{lingering});
    shard(store::change_party{"p", {"a"}, {"b"}});
    shard(store::read_party{"p"});
}

void use_memo(bench& on)
{
    client at{on, store::memo_entry("likes", "kristoff")};
    std::string const token(16, 'a');
    auto const lease = [&] { return *at(store::memo_look{token, 1min, true})->generates; };
    auto const first = lease();
    at(store::memo_look{std::string(16, 'b'), 1min, true});
    at(store::memo_renew{token, first, 1h});
    at(store::memo_publish{token, first, store::memo_kind::value, "1", 1min, 1min, 1ms});
    at(store::memo_publish{token, lease(), store::memo_kind::failed, "x", 1min, 1min, 1ms});
    at(store::memo_release{token, lease()});
    at(store::memo_store{store::memo_kind::value, "2", 1min, 1min, 1ms});
    at(store::memo_erase{});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(declared_keys, fixture)

BOOST_AUTO_TEST_CASE(and_no_others)
{
    resp_client monitor{server().socket()};
    monitor({"MONITOR"});

    session alice{c};
    session dying{c};
    dying.join({{"d", "1"}, {"e", "2"}});
    dying.lock("d");
    dying.put("d", "1");
    alice.join({{"a", "1"}, {"b", "2"}});
    alice.join("a", "2");
    alice.leave({"b"});
    alice.beat(2min, true);
    auto const held = alice.claim("l", alice.lock("l")->fence);
    alice.take("fixed", 1ms);
    alice.take("other", 1h);
    alice.verify({held});
    alice.inventory();
    alice.put("e", "1");
    alice.put_for(1ms, "t", "1");
    alice.put_forever("p", "1");
    dying.die();
    alice.lock("d");
    c.inspect("d");
    c.get("d");
    c.list("*");
    c.snapshot();
    c.history(0);
    c.reap({dying.id()});
    c.force(held);
    alice.resume();
    alice.withdraw();
    for (auto const mode : {store::lock_mode::exclusive, store::lock_mode::shared, store::lock_mode::permit})
    {
        store::acquire wish;
        wish.names = {"v", "w"};
        wish.mode = mode;
        wish.limit = 1;
        wish.wait = true;
        session waiter{c};
        auto const plain = alice.claim("v", alice.lock("v")->fence);
        waiter.acquire(wish);
        c.inspect("v");
        c(store::waiting{});
        c.unlock(plain);
        waiter.ask_again();
        alice.acquire(wish);
        waiter.withdraw();
        alice.verify({alice.claim(alice.last, alice.ask_again()->fence)});
        c.force(alice.claim(alice.last, alice.ask_again()->fence));
        alice.resume();
        waiter.acquire(wish);
        waiter.die();
        c.reap({waiter.id()});
    }
    store::acquire candidate;
    candidate.names = {"\1r"};
    candidate.wait = true;
    session successor{c};
    auto const elected = alice.acquire(candidate)->fence;
    c(store::proclaim{alice.who, alice.claim(alice.last, elected), "v"});
    c(store::leader{"\1r"});
    successor.acquire(candidate);
    alice.withdraw();
    alice.acquire(candidate);
    successor.die();
    c.reap({successor.id()});
    c.erase("p");
    alice.put("own", "1");
    alice.put_for(1h, "own", "2");
    alice.put("own", "3");
    alice.put_forever("own", "4");
    alice.erase("e");
    session unlisted{c};
    unlisted.join("u");
    redis({"DEL", "coterie:{g}:held:" + unlisted.id()});
    unlisted.die();
    c.reap({unlisted.id()});
    alice.close();
    use_presence(*this);
    use_memo(*this);
    redis({"ECHO", "the end"});

    strings declared;
    std::size_t scripts = 0;
    std::size_t calls = 0;
    for (;;)
    {
        auto const line = monitor.next().text;
        auto const words = words_of(line);
        BOOST_REQUIRE(!words.empty());
        if (words.back() == "the end")
            break;
        auto const by_script = line.find(" lua] ") != std::string::npos;
        if (words[0] == "EVALSHA" || words[0] == "EVAL")
        {
            auto const count = std::strtol(words.at(2).c_str(), nullptr, 10);
            declared.assign(words.begin() + 3, words.begin() + 3 + count);
            ++scripts;
        }
        for (std::size_t i = 1; by_script && i < words.size(); ++i)
        {
            if (is_key(words[i]) && words[0] != "SPUBLISH")  // channels of sessions are not known before; they share the slot
                BOOST_TEST((std::find(declared.begin(), declared.end(), words[i]) != declared.end()), line);
        }
        calls += by_script ? 1U : 0U;
    }
    BOOST_TEST(scripts >= 43U);
    BOOST_TEST(calls > 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
