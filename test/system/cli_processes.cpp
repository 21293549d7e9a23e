// The commands that last: members and lock holders as processes of their own, which end in order or do not.
#include "test/support/program.hpp"
#include "test/support/resp_client.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <regex>

using coterie::test::slowdown;
using strings = std::vector<std::string>;
using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

struct cli_fixture : coterie::test::program
{
    // A member whose process waits for its end.
    auto join(std::string const& name, strings options = {})
    {
        strings words{"join", name};
        words.insert(words.end(), options.begin(), options.end());
        auto process = start(words);
        BOOST_TEST_REQUIRE(process->line().has_value());
        return process;
    }

    // A lock held by `sh -c SCRIPT`, which says "ready" when it has begun.
    auto hold(std::string const& script, strings options = {})
    {
        strings words{"lock", "a"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"--", "sh", "-c", script});
        auto process = start(words);
        BOOST_TEST_REQUIRE(process->line_with("ready").has_value());
        return process;
    }

    strings inspect_all() { return run({"inspect", "a"}).lines; }
    std::string inspect() { return inspect_all().at(0); }

    template <class Condition>
    static bool eventually(Condition condition)
    {
        auto const end = steady::now() + 10s * slowdown();
        while (!condition())
            if (steady::now() > end)
                return false;
        return true;
    }
};

constexpr char const* for_ever = "echo ready; while :; do sleep 0.02; done";

// A line of `watch --json`, without its revision.
std::string change(std::optional<std::string> const& line)
{
    std::smatch parts;
    static std::regex const form{R"(\{"revision":(\d+),(.*)\})"};
    return line && std::regex_match(*line, parts, form) ? parts[2].str() : "no change: " + line.value_or("nothing");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_processes, cli_fixture)

BOOST_AUTO_TEST_CASE(a_join_and_a_leave_are_seen_at_once)
{
    auto const watcher = start({"watch", "--json"});
    BOOST_TEST(change(watcher->line()) == R"("joined":[],"left":[],"updated":[],"resynced":false)");

    auto const abc = start({"join", "abc", "--value", "10.0.0.7:8080", "--tag", "x", "--tag", "y z"});
    BOOST_TEST(abc->line().value_or("") == "joined default-group as abc");
    BOOST_TEST(change(watcher->line(200ms * slowdown())) == R"("joined":["abc"],"left":[],"updated":[],"resynced":false)");

    auto const listed = run({"members", "--json"}).lines;
    BOOST_TEST_REQUIRE(listed.size() == 1U);
    std::regex const form{
        R"re(\[\{"name":"abc","path":"/default-group/members/abc","value":"10\.0\.0\.7:8080","joined_at":\d{13},"tags":\["x","y z"\]\}\])re"};
    BOOST_TEST_CONTEXT(listed[0]) BOOST_TEST(std::regex_match(listed[0], form));
    BOOST_TEST(run({"members"}).lines.at(0).starts_with("/default-group/members/abc  since 20"));

    abc->terminate();
    BOOST_TEST(change(watcher->line(200ms * slowdown())) == R"("joined":[],"left":["abc"],"updated":[],"resynced":false)");
    BOOST_TEST(abc->wait().value_or(-1) == 0);

    watcher->signal(SIGINT);
    BOOST_TEST(watcher->wait().value_or(-1) == 0);
    BOOST_TEST(watcher->errors() == "");
}

BOOST_AUTO_TEST_CASE(a_killed_member_is_announced_within_100_ms_of_its_ttl)
{
    coterie::test::resp_client server_says{server.socket()};
    auto const watcher = start({"watch", "--json", "--heartbeat", "300ms"});
    watcher->line();
    for (int i = 0; i < 10; ++i)
    {
        auto const abc = join("abc", {"--heartbeat", "300ms"});
        BOOST_TEST(change(watcher->line()) == R"("joined":["abc"],"left":[],"updated":[],"resynced":false)");
        abc->kill();
        BOOST_TEST_REQUIRE(abc->wait().has_value());

        // When its lease ends, by the clock that the server shares with us.
        auto const joined = server_says({"HKEYS", "coterie:{default-group}:members"}).texts();
        BOOST_TEST_REQUIRE(joined.size() == 1U);
        auto const session = joined[0].substr(joined[0].find('\0') + 1);
        auto const score = server_says({"ZSCORE", "coterie:{default-group}:leases", session}).text;
        std::chrono::sys_time<std::chrono::milliseconds> const end{std::chrono::milliseconds{std::stoll(score)}};

        BOOST_TEST(change(watcher->line()) == R"("joined":[],"left":["abc"],"updated":[],"resynced":false)");
        auto const lateness = std::chrono::round<std::chrono::milliseconds>(std::chrono::system_clock::now() - end);
        BOOST_TEST_MESSAGE("announced after " << lateness.count() << " ms");
        BOOST_TEST(lateness.count() >= 0);
        BOOST_TEST(lateness.count() < 100 * slowdown());
    }
}

BOOST_AUTO_TEST_CASE(replay)
{
    auto const watcher = start({"watch", "--json"});
    watcher->line();
    auto const abc = join("abc");
    auto const line = watcher->line().value_or("");
    auto const revision = line.substr(12, line.find(',') - 12);
    abc->terminate();
    abc->wait();

    auto const later = start({"watch", "--json", "--from", revision});
    BOOST_TEST(change(later->line()) == R"("joined":[],"left":["abc"],"updated":[],"resynced":false)");
}

BOOST_AUTO_TEST_CASE(join_with_a_program)
{
    auto const ended = run({"join", "abc", "--", "sh", "-c", "echo \"[$1]\"; exit 7", "sh", "[a,b]"});
    BOOST_TEST(ended.code == 7);
    BOOST_TEST(ended.lines == strings{"[[a,b]]"}, boost::test_tools::per_element());
    BOOST_TEST(ended.errors == "joined default-group as abc\n");

    BOOST_TEST(run({"join", "abc", "--", "sh", "-c", "kill -KILL $$"}).code == 128 + SIGKILL);
    BOOST_TEST(run({"join", "abc", "--", "no-such-program"}).code == 127);
    BOOST_TEST(run({"join", "abc", "--", "/"}).code == 126);
    BOOST_TEST(run({"members", "--json"}).lines.at(0) == "[]");

    auto const signalled = start(
        {"join", "abc", "--", "sh", "-c", "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.02; done"});
    signalled->line_with("ready");
    signalled->terminate();
    BOOST_TEST(signalled->line().value_or("") == "asked");
    BOOST_TEST(signalled->wait().value_or(-1) == 3);
}

BOOST_AUTO_TEST_CASE(a_lock_has_one_holder)
{
    auto const first = run({"lock", "a", "--wait", "0", "--", "sh", "-c", "echo $COTERIE_FENCE; exit 5"});
    BOOST_TEST(first.code == 5);
    auto const second = run({"lock", "a", "--", "sh", "-c", "echo $COTERIE_FENCE"});
    BOOST_TEST(second.code == 0);
    BOOST_TEST(std::stoull(second.lines.at(0)) > std::stoull(first.lines.at(0)));

    auto const holder = hold(for_ever, {"--member", "me"});
    auto const busy = run({"lock", "a", "--", "echo", "never"});
    BOOST_TEST(busy.code == 75);
    BOOST_TEST(busy.lines.empty());
    BOOST_TEST_CONTEXT(inspect()) BOOST_TEST(inspect().starts_with("a  held by me  fence "));
    std::regex const form{
        R"re(\{"name":"a","held":true,"member":"me","session":"[\w-]{16}","fence":\d+,"remaining_ms":\d+,"fixed":false,"mode":"exclusive",)re"
        R"re("holders":\[\{"member":"me".*\}\],"waiters":\[\],"deadlock":\[\]\})re"};
    auto const line = run({"inspect", "a", "--json"}).lines.at(0);
    BOOST_TEST_CONTEXT(line) BOOST_TEST(std::regex_match(line, form));

    holder->terminate();
    BOOST_TEST(holder->wait().value_or(-1) == 128 + SIGTERM);
    BOOST_TEST(inspect() == "a  free");
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_held_is_waited_for)
{
    auto const holder = hold(for_ever, {"--member", "me"});
    BOOST_TEST(run({"lock", "a", "--wait", "200ms", "--", "echo", "never"}).code == 75);
    auto const next = start({"lock", "a", "--wait", "forever", "--member", "you", "--", "echo", "mine"});
    auto const is_waiting = [&] { return inspect_all().size() == 2U; };
    BOOST_TEST_REQUIRE(eventually(is_waiting));
    BOOST_TEST_CONTEXT(inspect_all().at(1)) BOOST_TEST(inspect_all().at(1).starts_with("a  waited for by you  for "));
    holder->terminate();
    BOOST_TEST(next->line().value_or("") == "mine");
    BOOST_TEST(next->wait().value_or(-1) == 0);

    // A signal ends the waiting, and leaves nobody in the line.
    auto const again = hold(for_ever);
    auto const gone = start({"lock", "a", "--wait", "forever", "--", "echo", "never"});
    BOOST_TEST_REQUIRE(eventually(is_waiting));
    gone->terminate();
    BOOST_TEST(gone->wait().value_or(-1) == 128 + SIGTERM);
    BOOST_TEST(inspect_all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(readers_share_a_lock)
{
    auto const first = hold(for_ever, {"--shared"});
    auto const second = hold(for_ever, {"--shared"});
    BOOST_TEST(inspect_all().size() == 2U);
    BOOST_TEST(run({"lock", "a", "--", "echo", "never"}).code == 75);
}

BOOST_AUTO_TEST_CASE(a_lost_lock_ends_the_program)
{
    // Taken by force: the holder learns it with its next beat.
    auto const polite = hold("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.02; done", {"--heartbeat", "300ms"});
    BOOST_TEST(run({"release", "a", "--force"}).code == 0);
    BOOST_TEST(polite->line().value_or("") == "asked");
    BOOST_TEST(polite->wait().value_or(-1) == 76);
    BOOST_TEST(polite->errors().find("a was lost") != std::string::npos);

    // A lease that ends, and a program that does not listen.
    auto const before = steady::now();
    auto const deaf = hold("trap '' TERM; echo ready; while :; do sleep 0.02; done", {"--lease", "300ms", "--kill-after", "200ms"});
    BOOST_TEST(deaf->wait().value_or(-1) == 76);
    BOOST_TEST((steady::now() - before > 450ms));

    // A server that goes away for longer than the lease.
    auto const alone = hold(for_ever, {"--heartbeat", "200ms"});
    server.freeze();
    BOOST_TEST(alone->wait().value_or(-1) == 76);
    server.thaw();
}

BOOST_AUTO_TEST_CASE(what_a_program_started_ends_with_it)
{
    auto const holder = hold("sh -c 'echo $$; echo ready; while :; do sleep 0.02; done'; echo never", {"--lease", "300ms"});
    BOOST_TEST(holder->lines().empty());
    BOOST_TEST(holder->wait().value_or(-1) == 76);
}

BOOST_AUTO_TEST_CASE(the_program_does_not_outlive_a_killed_coterie)
{
    auto const holder = hold("trap 'echo asked; exit' TERM; echo ready; while :; do sleep 0.02; done");
    holder->kill();
    BOOST_TEST(holder->line().value_or("") == "asked");
}

BOOST_AUTO_TEST_SUITE_END()
