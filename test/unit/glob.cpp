#include "src/core/glob.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using coterie::core::glob_match;

BOOST_AUTO_TEST_SUITE(glob)

BOOST_AUTO_TEST_CASE(literals_and_wildcards)
{
    BOOST_TEST(glob_match("", ""));
    BOOST_TEST(!glob_match("", "a"));
    BOOST_TEST(glob_match("abc", "abc"));
    BOOST_TEST(!glob_match("abc", "abcd"));
    BOOST_TEST(!glob_match("abcd", "abc"));
    BOOST_TEST(glob_match("a?c", "abc"));
    BOOST_TEST(!glob_match("a?c", "ac"));
    BOOST_TEST(glob_match("*", ""));
    BOOST_TEST(glob_match("*", "any/thing"));
    BOOST_TEST(glob_match("cfg/*", "cfg/a/b"));
    BOOST_TEST(!glob_match("cfg/*", "cfg"));
    BOOST_TEST(glob_match("a**b", "ab"));
    BOOST_TEST(glob_match("*b*d", "abcbd"));
    BOOST_TEST(!glob_match("*b*d", "abcbde"));
}

BOOST_AUTO_TEST_CASE(classes)
{
    BOOST_TEST(glob_match("[abc]", "b"));
    BOOST_TEST(!glob_match("[abc]", "d"));
    BOOST_TEST(glob_match("[a-c]x", "bx"));
    BOOST_TEST(glob_match("[c-a]x", "bx"));
    BOOST_TEST(!glob_match("[^a-c]", "b"));
    BOOST_TEST(glob_match("[^a-c]", "d"));
    BOOST_TEST(glob_match("[\\]]", "]"));
    BOOST_TEST(glob_match("[\\-]", "-"));
    BOOST_TEST(!glob_match("[]", "a"));
    BOOST_TEST(glob_match("[^]", "a"));
    BOOST_TEST(!glob_match("[a]", ""));
    BOOST_TEST(glob_match("*[0-9]", "ab7"));
    BOOST_TEST(glob_match("[\x80-\xff]", "\xc3"));
}

// As redis-server 7 and valkey-server 8 answer.
BOOST_AUTO_TEST_CASE(oddities)
{
    BOOST_TEST(glob_match("[ab", "b"));  // never closed
    BOOST_TEST(!glob_match("[ab", "c"));
    BOOST_TEST(glob_match("[a-]", "]"));  // a range up to ']', never closed
    BOOST_TEST(glob_match("\\*", "*"));
    BOOST_TEST(!glob_match("\\*", "x"));
    BOOST_TEST(glob_match("a\\", "a\\"));  // nothing behind the backslash: itself
    BOOST_TEST(glob_match("\\[a]", "[a]"));
}

// With backtracking over every star this would take longer than the universe lasts.
BOOST_AUTO_TEST_CASE(many_stars_end_soon)
{
    std::string pattern;
    for (int i = 0; i < 60; ++i)
        pattern += "a*";
    pattern += 'b';
    BOOST_TEST(!glob_match(pattern, std::string(5000, 'a')));
    BOOST_TEST(glob_match(pattern, std::string(5000, 'a') + 'b'));
}

BOOST_AUTO_TEST_SUITE_END()
