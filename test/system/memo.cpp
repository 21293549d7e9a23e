// Results that are made once, by processes that die, on servers that restart; and the program's own cache for shells.
#include "test/support/program.hpp"
#include "test/support/resp_client.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

using coterie::test::resp_client;
using coterie::test::slowdown;
using strings = std::vector<std::string>;
using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

struct memo_fixture : coterie::test::program
{
    ~memo_fixture() { std::filesystem::remove_all(folder); }

    static std::filesystem::path make_folder()
    {
        auto name = (std::filesystem::temp_directory_path() / "coterie-memo-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        return name;
    }

    // `memo get x`, with a shell script as CMD; each run of it leaves a line in a file.
    strings get(std::string const& script, strings options = {"--ttl", "60s"}) const
    {
        strings words{"memo", "get", "x"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"--", "sh", "-c", fmt::format("echo $$ >> {}; {}", (folder / "runs").string(), script)});
        return words;
    }

    // The process ids of the scripts that ran.
    strings runs() const
    {
        std::ifstream file{folder / "runs"};
        strings result;
        for (std::string line; std::getline(file, line);)
            result.push_back(line);
        return result;
    }

    bool until(std::function<bool()> const& condition) const
    {
        auto const end = steady::now() + 10s * slowdown();
        while (!condition())
            if (steady::now() > end)
                return false;
        return true;
    }

    static auto ms_since(steady::time_point then)
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - then).count();
    }

    std::filesystem::path folder = make_folder();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo, memo_fixture)

BOOST_AUTO_TEST_CASE(a_shell_has_a_cache_that_no_stampede_gets_through)
{
    std::vector<std::unique_ptr<coterie::test::child_process>> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(start(get("sleep 1; echo one; echo two")));
    for (auto const& each : all)
    {
        auto const o = end_of(*each);
        BOOST_TEST(o.code == 0, o.errors);
        BOOST_TEST(o.lines == (strings{"one", "two"}), boost::test_tools::per_element());
        BOOST_TEST(o.errors == "");
    }
    BOOST_TEST(runs().size() == 1U);
    BOOST_TEST(run(get("echo other")).lines.at(0) == "one");
    BOOST_TEST(run({"memo", "get", "x", "--ttl", "1s", "--json", "--", "true"}).lines.at(0) == R"({"id":"x","value":"one\ntwo\n"})");
    BOOST_TEST(run(get("printf '\\377no end'", {"--ttl", "60s", "--refresh"})).lines.at(0) == "\377no end");
    BOOST_TEST(runs().size() == 2U);
    BOOST_TEST(run({"memo", "invalidate", "x"}).code == 0);
    BOOST_TEST(run({"memo", "invalidate", "x"}).code == 1);
    BOOST_TEST(run({"memo", "store", "x", "stored", "--ttl", "60s"}).code == 0);
    BOOST_TEST(run(get("echo other")).lines.at(0) == "stored");
    BOOST_TEST(run(get("echo other", {"--ttl", "60s", "--tag", "else"})).lines.at(0) == "other");
}

BOOST_AUTO_TEST_CASE(what_fails_is_not_kept_and_everybody_hears_of_it)
{
    auto const first = start(get("sleep 1; exit 3"));
    BOOST_TEST(until([&] { return runs().size() == 1; }));
    auto const second = start(get("echo not wanted"));
    auto const here = end_of(*first);
    auto const there = end_of(*second);
    BOOST_TEST(here.code == 3);
    BOOST_TEST(here.errors == "coterie: memo: x: CMD ended with exit code 3\n");
    BOOST_TEST(there.code == 1);
    BOOST_TEST(there.errors.find("CMD ended with exit code 3") != std::string::npos, there.errors);
    BOOST_TEST(run(get("echo good")).lines.at(0) == "good");
    BOOST_TEST(run({"memo", "get", "y", "--ttl", "1s", "--", "/no/such/program"}).code == 127);
    BOOST_TEST(run({"memo", "get", "y", "--ttl", "1s"}).code == 2);
    BOOST_TEST(run({"memo", "get", "y", "--", "true"}).code == 2);
    BOOST_TEST(run({"memo", "get", "a{", "--ttl", "1s", "--", "true"}).code == 2);
    BOOST_TEST(run({"memo", "store", "y", "1", "--ttl", "0"}).code == 2);
}

// However long CMD takes: its process renews the lease, and who waits no longer is told so.
BOOST_AUTO_TEST_CASE(a_lease_lasts_as_long_as_its_process)
{
    auto const first = start(get("sleep 3; echo 1", {"--ttl", "60s", "--lock-timeout", "1s"}));
    BOOST_TEST(until([&] { return runs().size() == 1; }));
    auto const impatient = run(get("echo 2", {"--ttl", "60s", "--wait", "200ms"}));
    BOOST_TEST(impatient.code == 75);
    auto const patient = run(get("echo 3"));
    BOOST_TEST(patient.lines.at(0) == "1");
    BOOST_TEST(end_of(*first).lines.at(0) == "1");
    BOOST_TEST(runs().size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_killed_is_followed_when_its_lease_ends)
{
    auto const dying = start(get("sleep 60; echo 1", {"--ttl", "60s", "--lock-timeout", "2s"}));
    BOOST_TEST(until([&] { return runs().size() == 1; }));
    std::vector<std::unique_ptr<coterie::test::child_process>> others;
    for (int i = 0; i < 3; ++i)
        others.push_back(start(get("echo 2", {"--ttl", "60s", "--lock-timeout", "2s"})));
    resp_client server_{server.socket()};
    BOOST_TEST(until([&] { return server_({"PUBSUB", "SHARDNUMSUB", "coterie:m:default-tag:{x}:ev"}).items.at(1).number == 3; }));
    dying->kill();
    auto const killed = steady::now();
    auto const left = server_({"PTTL", "coterie:m:default-tag:{x}:g"}).number;
    for (auto const& each : others)
        BOOST_TEST(end_of(*each).lines.at(0) == "2");
    auto const lateness = ms_since(killed) - left;
    BOOST_TEST_MESSAGE("taken over " << lateness << " ms after the end of the lease, programs' ends included");
    BOOST_TEST(lateness < 1000 * slowdown());
    BOOST_TEST(runs().size() == 2U);
}

BOOST_AUTO_TEST_CASE(who_is_asked_to_end_is_followed_at_once)
{
    auto const ending = start(get("sleep 60; echo 1", {"--ttl", "60s", "--lock-timeout", "1h"}));
    BOOST_TEST(until([&] { return runs().size() == 1; }));
    auto const other = start(get("echo 2", {"--ttl", "60s", "--wait", "forever"}));
    resp_client server_{server.socket()};
    BOOST_TEST(until([&] { return server_({"PUBSUB", "SHARDNUMSUB", "coterie:m:default-tag:{x}:ev"}).items.at(1).number == 1; }));
    ending->terminate();
    BOOST_TEST(end_of(*ending).code == 128 + 15);
    BOOST_TEST(end_of(*other).lines.at(0) == "2");
}

BOOST_AUTO_TEST_CASE(a_server_that_restarts_holds_nobody_up_for_long)
{
    auto const making = start(get("sleep 3; echo 1", {"--ttl", "60s", "--lock-timeout", "1s"}));
    BOOST_TEST(until([&] { return runs().size() == 1; }));
    auto const waiting = start(get("sleep 1; echo 2", {"--ttl", "60s", "--wait", "forever"}));
    server.restart_empty();
    auto const o = end_of(*waiting);
    BOOST_TEST(o.code == 0, o.errors);
    BOOST_TEST(o.lines.size() == 1U);
    BOOST_TEST(end_of(*making).code == 0);
}

#ifdef COTERIE_CACHED_QUERY
BOOST_AUTO_TEST_CASE(a_thousand_callers_in_each_of_two_processes_and_one_generation)
{
    std::vector<std::unique_ptr<coterie::test::child_process>> both;
    for (int i = 0; i < 2; ++i)
        both.push_back(std::make_unique<coterie::test::child_process>(strings{COTERIE_CACHED_QUERY, server.url()}));
    strings said;
    for (auto const& each : both)
    {
        auto const o = end_of(*each);
        BOOST_TEST(o.code == 0, o.errors);
        said.push_back(o.lines.at(0));
    }
    std::ranges::sort(said);
    BOOST_TEST(said == (strings{"1000 answers, 0 queries", "1000 answers, 1 queries"}), boost::test_tools::per_element());
}
#endif

BOOST_AUTO_TEST_SUITE_END()
