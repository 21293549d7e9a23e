// The commands that end by themselves: what they print, and their exit codes.
#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

using coterie::test::outcome;
using strings = std::vector<std::string>;

namespace {

std::string lines(outcome const& o)
{
    return fmt::format("{}", fmt::join(o.lines, "\n"));
}

auto line_count(std::string const& text)
{
    return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli, coterie::test::program)

BOOST_AUTO_TEST_CASE(usage)
{
    struct
    {
        strings words;
        char const* says;
    } const rows[] = {
        {{}, "subcommand"},
        {{"frobnicate"}, "frobnicate"},
        {{"join"}, "MEMBER"},
        {{"members", "--heartbeat", "5"}, "250ms, 7.5s, 2m or 1h"},
        {{"members", "--heartbeat", "0"}, "heartbeat"},
        {{"members", "--ttl", "1s"}, "ttl"},
        {{"members", "extra"}, "extra"},
        {{"members", "--", "extra"}, "extra"},
        {{"watch", "--from", "yesterday"}, "--from"},
        {{"lock", "a"}, "-- CMD"},
        {{"lock", "a", "--"}, "-- CMD"},
        {{"lock", "a", "--wait", "long", "--", "true"}, "no duration"},
        {{"lock", "--bad", "a", "--", "true"}, "--bad"},
        {{"release", "a"}, "--force"},
        {{"put", "a"}, "VALUE"},
        {{"put", "a", "1", "--lifetime", "ephemeral"}, "would end with this command"},
        {{"put", "a", "1", "--lifetime", "long"}, "no duration"},
        {{"put", "a{b}", "1"}, "bad name"},
        {{"--url", "http://example.com", "members"}, "url"},
    };
    for (auto const& row : rows)
        BOOST_TEST_CONTEXT(fmt::format("{}", fmt::join(row.words, " ")))
        {
            auto const o = run(row.words);
            BOOST_TEST(o.code == 2);
            BOOST_TEST(lines(o) == "");
            BOOST_TEST_CONTEXT(o.errors)
            {
                BOOST_TEST(o.errors.find(row.says) != std::string::npos);
                BOOST_TEST(o.errors.starts_with("coterie: "));
                BOOST_TEST(line_count(o.errors) == 1);
            }
        }
}

BOOST_AUTO_TEST_CASE(help_and_version)
{
    for (strings const& words : {strings{"--help"}, {"lock", "--help"}, {"join", "--help", "--", "true"}, {"--version"}})
    {
        auto const o = run(words);
        BOOST_TEST(o.code == 0);
        BOOST_TEST(lines(o).find(words.back() == "--version" ? "coterie 0." : "Usage") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(data)
{
    struct
    {
        strings words;
        int code;
        char const* prints;
    } const rows[] = {
        {{"ls", "--json"}, 0, "[]"},
        {{"ls"}, 0, ""},
        {{"get", "cfg/a"}, 1, ""},
        {{"put", "cfg/a", "one two"}, 0, ""},
        {{"put", "cfg/b", "[x,y]", "--lifetime", "30s"}, 0, ""},
        {{"put", "--", "other", "--weird"}, 0, ""},
        {{"get", "cfg/a"}, 0, "one two"},
        {{"get", "cfg/b"}, 0, "[x,y]"},
        {{"get", "other", "--json"}, 0, R"({"path":"other","value":"--weird"})"},
        {{"--group", "elsewhere", "get", "cfg/a"}, 1, ""},
        {{"ls"}, 0, "cfg/a\ncfg/b\nother"},
        {{"ls", "cfg/*", "--json"}, 0, R"(["cfg/a","cfg/b"])"},
        {{"del", "cfg/a"}, 0, ""},
        {{"del", "cfg/a"}, 1, ""},
        {{"put", "bytes", "\xff\n\x01"}, 0, ""},
        {{"get", "bytes"}, 0, "\xff\n\x01"},
        {{"get", "bytes", "--json"}, 0, "{\"path\":\"bytes\",\"value\":\"\xef\xbf\xbd\\n\\u0001\"}"},
    };
    for (auto const& row : rows)
        BOOST_TEST_CONTEXT(fmt::format("{}", fmt::join(row.words, " ")))
        {
            auto const o = run(row.words);
            BOOST_TEST_CONTEXT(o.errors)
            {
                BOOST_TEST(o.code == row.code);
                BOOST_TEST(lines(o) == row.prints);
                BOOST_TEST(line_count(o.errors) == row.code);  // an error is one line
            }
        }
}

BOOST_AUTO_TEST_CASE(a_value_with_a_term_ends)
{
    BOOST_TEST(run({"put", "a", "1", "--lifetime", "100ms"}).code == 0);
    auto const watcher = start({"watch"});  // only to let time pass
    BOOST_TEST(!watcher->line_with("never said", std::chrono::milliseconds{150}).has_value());
    BOOST_TEST(run({"get", "a"}).code == 1);
}

BOOST_AUTO_TEST_CASE(nobody_and_nothing)
{
    BOOST_TEST(lines(run({"members", "--json"})) == "[]");
    BOOST_TEST(lines(run({"members"})) == "");
    BOOST_TEST(lines(run({"inspect", "a", "--json"})) == R"({"name":"a","held":false,"holders":[],"waiters":[],"deadlock":[]})");
    BOOST_TEST(lines(run({"inspect", "a"})) == "a  free");
    BOOST_TEST(run({"release", "a", "--force"}).code == 1);
}

BOOST_AUTO_TEST_CASE(no_server)
{
    for (strings const& words : {strings{"members"}, {"join", "a"}, {"watch"}, {"lock", "a", "--", "true"}, {"put", "a", "1"}})
        BOOST_TEST_CONTEXT(words.front())
        {
            auto const o = run_at("redis://user:secret@127.0.0.1:1", words);
            BOOST_TEST(o.code == 1);
            BOOST_TEST(line_count(o.errors) == 1);
            BOOST_TEST(o.errors.find("check that it runs") != std::string::npos);
            BOOST_TEST(o.errors.find("127.0.0.1:1") != std::string::npos);
            BOOST_TEST(o.errors.find("secret") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_away)
{
    auto const* script = R"(for i in 1 2 3; do "$0" put $i x; done; "$0" ls | head -1; echo done)";
    coterie::test::child_process shell{{"sh", "-c", script, COTERIE_PROGRAM}, {"COTERIE_URL=" + server.url()}};
    auto const o = shell.lines();
    BOOST_TEST(o == (strings{"1", "done"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(demo)
{
    for (auto const& url : {server.url(), server.socket_url(), std::string{"memory:"}})
        BOOST_TEST_CONTEXT(url)
        {
            auto const before = std::chrono::steady_clock::now();
            auto const o = run({"demo", "--url", url});
            BOOST_TEST_CONTEXT(lines(o) + o.errors)
            {
                BOOST_TEST(o.code == 0);
                BOOST_TEST(o.errors == "");
                BOOST_TEST(lines(o).find("All went as told") != std::string::npos);
            }
            BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds{15}));
        }
}

BOOST_AUTO_TEST_SUITE_END()
