// Names and values of any bytes are kept as they are.
#include "../support/fixture.hpp"

#include "src/core/limits.hpp"

namespace coterie::test {
namespace {

using namespace std::string_literals;

// Harder than what core::check_name() lets through.
strings const hard_names{" ",        "a b",       "caf\xc3\xa9", "\xff\xfe", "%s %d", "10:abc", "-+*", "'quoted' \"twice\"",
                         "a/b/../c", "*?[a-z]\\", ".",           "0",        "nil",   "m.",     "k",   std::string(core::max_name, 'x')};

strings const hard_values{""s,
                          "\0"s,
                          "a\0b"s,
                          "\r\n"s,
                          "$5\r\nhello\r\n"s,
                          "\xff\xfe\xfd"s,
                          "3:abc+1:"s,
                          "-1"s,
                          "1234567890123"s,
                          "p"s,
                          "nil"s,
                          std::string(70'000, '\0')};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(names, fixture)

BOOST_AUTO_TEST_CASE(of_members)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session bob{c};
    session alice{c};
    entries all;
    for (auto const& name : hard_names)
        all.push_back({name, name});
    auto const joined = alice.join(all);
    BOOST_TEST(joined->matched == hard_names.size());
    BOOST_TEST(alice.join(all)->matched == hard_names.size());
    for (std::size_t i = 0; i < hard_names.size(); ++i)
        BOOST_TEST(joined->event->changes.at(i).member.name == hard_names[i]);
    BOOST_TEST((watcher.next_event() == *joined->event));
    BOOST_TEST(c.living().size() == hard_names.size());
    alice.close();
    BOOST_TEST(c.living().empty());
    BOOST_TEST(watcher.next_event().changes.size() == hard_names.size());
}

BOOST_AUTO_TEST_CASE(of_locks_and_owners)
{
    session bob{c};
    session alice{c};
    for (auto const& name : hard_names)
    {
        auto const granted = alice.lock(name, name);
        BOOST_REQUIRE(granted->granted);
        auto const held = alice.claim(name, granted->fence, name);
        BOOST_TEST((c.holder(name) == held));
        BOOST_TEST(!bob.lock(name, name)->granted);
        BOOST_TEST(alice.verify({held})->held.at(0));
        BOOST_TEST(c.unlock(held)->released);
        BOOST_TEST(alice.take(name, 1h)->granted);
        BOOST_TEST(c.force(c.holder(name).value())->released);
        alice.resume();
        alice.lock(name, name);
    }
    alice.close();
    for (auto const& name : hard_names)
        BOOST_TEST(bob.lock(name, name)->granted);
}

BOOST_AUTO_TEST_CASE(of_paths)
{
    session bob{c};
    session alice{c};
    for (auto const& name : hard_names)
    {
        alice.put(name, name);
        BOOST_TEST((c.get(name)->value == name));
        alice.put_for(1h, name, name);
        BOOST_TEST((c.get(name)->value == name));
        alice.put_forever(name, name);
        BOOST_TEST((c.get(name)->value == name));
        alice.put(name, name);
    }
    BOOST_TEST(c.list("*").size() == hard_names.size());
    alice.close();
    BOOST_TEST(c.list("*").empty());
}

BOOST_AUTO_TEST_CASE(of_groups)
{
    for (auto const& name : {"a b"s, "caf\xc3\xa9"s, "*"s, "[x]"s, std::string(core::max_name, 'x')})
    {
        client there{*this, name};
        BOOST_TEST(!there.watch());
        session alice{there};
        auto const joined = alice.join("a");
        BOOST_TEST((there.next_event() == *joined->event));
        BOOST_TEST(there.living() == strings{"a="});
    }
}

BOOST_AUTO_TEST_CASE(values_of_members)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    session alice{c};
    for (auto const& value : hard_values)
    {
        alice.leave({"a"});
        alice.join("a", value);
        BOOST_REQUIRE(c.snapshot()->members.size() == 1U);
        BOOST_TEST((c.snapshot()->members[0].value == value));
        BOOST_TEST((c.history(0)->events.back().changes.at(0).member.value == value));
        core::event event;
        do
            event = watcher.next_event();
        while (event.changes.at(0).kind == core::change_kind::left);
        BOOST_TEST((event.changes.at(0).member.value == value));
    }
}

BOOST_AUTO_TEST_CASE(values_of_data)
{
    session alice{c};
    for (auto const& value : hard_values)
    {
        alice.put("e", value);
        alice.put_for(1h, "t", value);
        alice.put_forever("p", value);
        BOOST_TEST((c.get("e")->value == value));
        BOOST_TEST((c.get("t")->value == value));
        BOOST_TEST((c.get("p")->value == value));
    }
}

BOOST_AUTO_TEST_CASE(the_largest_value)
{
    client watcher{*this};
    BOOST_TEST(!watcher.watch());
    std::string large(core::max_value, '\0');
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>(i * 7 + i / 256);
    session alice{c};
    auto const joined = alice.join("a", large);
    BOOST_TEST((joined->event->changes.at(0).member.value == large));
    BOOST_TEST((watcher.next_event() == *joined->event));
    BOOST_TEST((c.snapshot()->members.at(0).value == large));
    BOOST_TEST((c.history(0)->events.at(0) == *joined->event));
    BOOST_TEST(!alice.join("a", large)->event.has_value());
    alice.put("e", large);
    BOOST_TEST((c.get("e")->value == large));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
