// Data: values that die with their session, after a term, or never.
#include "../support/fixture.hpp"

namespace coterie::test {

BOOST_FIXTURE_TEST_SUITE(data, fixture)

BOOST_AUTO_TEST_CASE(what_is_put_is_got)
{
    session alice{c};
    BOOST_TEST(alice.put("e", "1")->stored);
    BOOST_TEST(alice.put_for(1h, "t", "2")->stored);
    BOOST_TEST(alice.put_forever("p", "3")->stored);
    BOOST_TEST((c.get("e")->value == "1"));
    BOOST_TEST((c.get("t")->value == "2"));
    BOOST_TEST((c.get("p")->value == "3"));
    BOOST_TEST(!c.get("x")->value.has_value());
    BOOST_TEST(c.list("*") == (strings{"e", "p", "t"}));
}

BOOST_AUTO_TEST_CASE(the_latest_value_counts)
{
    session alice{c};
    session bob{c};
    alice.put("p", "1");
    BOOST_TEST(alice.put("p", "2")->stored);
    BOOST_TEST((c.get("p")->value == "2"));
    BOOST_TEST(bob.put("p", "3")->stored);
    BOOST_TEST((c.get("p")->value == "3"));
    alice.close();  // what alice had there is bob's now
    BOOST_TEST((c.get("p")->value == "3"));
    bob.close();
    BOOST_TEST(!c.get("p")->value.has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_value)
{
    session alice{c};
    alice.put("e", "");
    alice.put_forever("p", "");
    BOOST_TEST((c.get("e")->value == ""));
    BOOST_TEST((c.get("p")->value == ""));
    BOOST_TEST(!alice.put("e", "x", true)->stored);
    BOOST_TEST(!alice.put("p", "x", true)->stored);
}

BOOST_AUTO_TEST_CASE(ephemeral_data_dies_with_its_session)
{
    session alice{c};
    session bob{c};
    alice.put("e", "1");
    alice.beat();
    BOOST_TEST((c.get("e")->value == "1"));
    alice.die();
    BOOST_TEST(!c.get("e")->value.has_value());
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(!c.erase("e")->erased);
    BOOST_TEST(bob.put("e", "2", true)->stored);
    c.reap({alice.id()});
    BOOST_TEST((c.get("e")->value == "2"));
}

BOOST_AUTO_TEST_CASE(a_term_ends_on_time_in_spite_of_beats)
{
    session alice{c};
    alice.put_for(10ms, "t", "1");
    BOOST_TEST(!alice.put("t", "2", true)->stored);
    let_pass(15ms);
    alice.beat();
    BOOST_TEST(!c.get("t")->value.has_value());
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(!c.erase("t")->erased);
    BOOST_TEST(alice.put("t", "2", true)->stored);
    c.reap();
    BOOST_TEST((c.get("t")->value == "2"));
}

BOOST_AUTO_TEST_CASE(a_term_put_again_starts_anew)
{
    session alice{c};
    alice.put_for(1h, "t", "1");
    alice.put_for(5ms, "t", "2");
    let_pass(10ms);
    BOOST_TEST(!c.get("t")->value.has_value());
    alice.put_for(1h, "t", "3");
    c.reap();
    BOOST_TEST((c.get("t")->value == "3"));
}

BOOST_AUTO_TEST_CASE(a_term_outlives_its_session)
{
    session alice{c};
    alice.put_for(1h, "t", "1");
    alice.close();
    BOOST_TEST((c.get("t")->value == "1"));
}

BOOST_AUTO_TEST_CASE(persistent_data_outlives_everybody)
{
    session alice{c};
    alice.put_forever("p", "1");
    alice.close();
    BOOST_TEST((c.get("p")->value == "1"));
    session bob{c};
    BOOST_TEST((c.get("p")->value == "1"));
    BOOST_TEST(c.erase("p")->erased);
}

BOOST_AUTO_TEST_CASE(a_session_is_needed_for_its_own_data_only)
{
    session nobody{c, {new_session_id(), c.generation}};
    BOOST_TEST(nobody.put("e", "1").error == errc::lost);
    BOOST_TEST(nobody.put_for(1h, "t", "1")->stored);
    BOOST_TEST(nobody.put_forever("p", "1")->stored);
    BOOST_TEST((c.get("t")->value == "1"));
    BOOST_TEST((c.get("p")->value == "1"));
}

BOOST_AUTO_TEST_CASE(each_life_can_follow_each)
{
    session alice{c};
    alice.put_forever("x", "p");
    alice.put("x", "e");
    BOOST_TEST((c.get("x")->value == "e"));
    alice.put_for(1h, "x", "t");
    BOOST_TEST((c.get("x")->value == "t"));
    alice.put("x", "e2");
    BOOST_TEST(alice.beat()->seen.leases == 1U);  // the term is gone with its value
    alice.put_for(1h, "x", "t2");
    alice.put_forever("x", "p2");
    BOOST_TEST((c.get("x")->value == "p2"));
    BOOST_TEST(alice.beat()->seen.leases == 1U);
    BOOST_TEST(c.list("*") == strings{"x"});
    alice.close();
    BOOST_TEST((c.get("x")->value == "p2"));
    session bob{c};
    bob.put("x", "e3");
    bob.close();
    BOOST_TEST(!c.get("x")->value.has_value());  // replaced for good
}

BOOST_AUTO_TEST_CASE(if_absent_stores_only_where_nothing_lives)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(alice.put("x", "1", true)->stored);
    BOOST_TEST(!bob.put("x", "2", true)->stored);
    BOOST_TEST(!bob.put_for(1h, "x", "2", true)->stored);
    BOOST_TEST(!bob.put_forever("x", "2", true)->stored);
    BOOST_TEST((c.get("x")->value == "1"));
    c.erase("x");
    BOOST_TEST(bob.put_forever("x", "2", true)->stored);
    BOOST_TEST(!alice.put("x", "3", true)->stored);
    BOOST_TEST((c.get("x")->value == "2"));
}

BOOST_AUTO_TEST_CASE(if_absent_said_twice_is_said_once)
{
    session alice{c};
    session bob{c};
    BOOST_TEST(alice.put("x", "1", true)->stored);
    BOOST_TEST(alice.put("x", "1", true)->stored);  // a retry learns what its first try did
    BOOST_TEST(!alice.put("x", "2", true)->stored);
    BOOST_TEST(!bob.put("x", "1", true)->stored);
    BOOST_TEST((c.get("x")->value == "1"));
}

BOOST_AUTO_TEST_CASE(erased_once_true_then_false)
{
    session alice{c};
    alice.put("e", "1");
    alice.put_for(1h, "t", "1");
    alice.put_forever("p", "1");
    for (auto const* path : {"e", "t", "p"})
    {
        BOOST_TEST(c.erase(path)->erased);
        BOOST_TEST(!c.erase(path)->erased);
        BOOST_TEST(!c.get(path)->value.has_value());
    }
    BOOST_TEST(c.list("*").empty());
    BOOST_TEST(alice.beat()->seen.leases == 1U);
}

// Else its list of what hangs on it would grow with every path it ever used.
BOOST_AUTO_TEST_CASE(what_a_session_erases_or_replaces_hangs_on_it_no_more)
{
    session alice{c};
    alice.put("a", "1");
    BOOST_TEST(alice.attachments() == (strings{".", "ea"}));
    BOOST_TEST(alice.erase("a")->erased);
    BOOST_TEST(alice.attachments() == strings{"."});
    alice.put("a", "2");
    alice.put("a", "3");
    BOOST_TEST(alice.attachments() == (strings{".", "ea"}));
    alice.put_for(1h, "a", "4");
    BOOST_TEST(alice.attachments() == strings{"."});
    alice.put("a", "5");
    alice.put_forever("a", "6");
    BOOST_TEST(alice.attachments() == strings{"."});
    for (int i = 0; i < 100; ++i)
    {
        alice.put("path-" + std::to_string(i), "1");
        alice.erase("path-" + std::to_string(i));
    }
    BOOST_TEST(alice.attachments() == strings{"."});
}

BOOST_AUTO_TEST_CASE(what_others_erase_or_replace_is_left_to_the_reap)
{
    session alice{c};
    session bob{c};
    for (auto const* path : {"a", "b", "c"})
        alice.put(path, "alice");
    BOOST_TEST(bob.erase("a")->erased);
    BOOST_TEST(c.erase("b")->erased);
    bob.put("c", "bob");
    BOOST_TEST(alice.attachments() == (strings{".", "ea", "eb", "ec"}));
    BOOST_TEST(bob.attachments() == (strings{".", "ec"}));
    BOOST_TEST(!alice.erase("a")->erased);
    BOOST_TEST(alice.erase("c")->erased);  // bob's
    BOOST_TEST(bob.attachments() == (strings{".", "ec"}));
    BOOST_TEST(alice.close()->done);
    BOOST_TEST(alice.attachments().empty());
}

BOOST_AUTO_TEST_CASE(lists_match_globs)
{
    session alice{c};
    for (auto const* path : {"a", "ab", "abc", "b", "dir/x", "dir/y", "dir/sub/z", "we*rd", "[x]"})
        alice.put(path, "1");
    alice.put_forever("dir/p", "1");
    BOOST_TEST(c.list("a") == strings{"a"});
    BOOST_TEST(c.list("a*") == (strings{"a", "ab", "abc"}));
    BOOST_TEST(c.list("a?") == strings{"ab"});
    BOOST_TEST(c.list("[ab]") == (strings{"a", "b"}));
    BOOST_TEST(c.list("[^a]") == strings{"b"});
    BOOST_TEST(c.list("[a-c]") == (strings{"a", "b"}));
    BOOST_TEST(c.list("dir/*") == (strings{"dir/p", "dir/sub/z", "dir/x", "dir/y"}));
    BOOST_TEST(c.list("we\\*rd") == strings{"we*rd"});
    BOOST_TEST(c.list("\\[x\\]") == strings{"[x]"});
    BOOST_TEST(c.list("nothing").empty());
    BOOST_TEST(c.list("").empty());
}

BOOST_AUTO_TEST_CASE(long_lists_come_in_pages)
{
    session alice{c};
    for (int i = 0; i < 1500; ++i)
    {
        c.send(store::put{.who = alice.who,
                          .path = "path-" + std::to_string(i),
                          .value = "v",
                          .life = i % 2 == 0 ? store::lifetime::ephemeral : store::lifetime::persistent,
                          .term = {},
                          .if_absent = false});
    }
    alice.beat();
    auto const first = c(store::list{.pattern = "path-*", .cursor = {}, .limit = 100});
    BOOST_TEST(!first->cursor.empty());
    BOOST_TEST(first->paths.size() < 1000U);
    BOOST_TEST(c.list("path-*", 100).size() == 1500U);
    BOOST_TEST(c.list("path-1??", 100).size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
