// alone: it measures real time
// Leaders as processes of their own, which resign, die or stand still.
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <regex>

namespace coterie::test {
namespace {

struct race_for_a_role : world
{
    // Says "leads TERM" each time it does.
    std::unique_ptr<child_process> candidate(std::string const& value)
    {
        return start({"elect", "r", "--value", value, "--group", "g", "--heartbeat", "300ms", "--", "sh", "-c",
                      "trap 'echo ended; exit 0' TERM; echo leads $COTERIE_FENCE; while :; do sleep 0.02; done"});
    }

    static long long term_of(child_process& candidate)
    {
        auto const line = candidate.line_with("leads ");
        BOOST_TEST_REQUIRE(line.has_value());
        return std::stoll(line->substr(6));
    }

    std::string leader()
    {
        auto const line = run({"leader", "r", "--group", "g", "--json"}).lines.at(0);
        std::smatch parts;
        static std::regex const form{
            R"re(\{"role":"r","leader":(null|\{"member":"[^"]+","value":"([^"]*)","term":\d{16},"since":\d{13},"session":"[^"]{16}"\})\})re"};
        BOOST_TEST_CONTEXT(line) BOOST_TEST_REQUIRE(std::regex_match(line, parts, form));
        return parts[1] == "null" ? "nobody" : parts[2].str();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(election, race_for_a_role)

BOOST_AUTO_TEST_CASE(the_next_one_leads_when_the_leader_ends)
{
    BOOST_TEST(leader() == "nobody");
    BOOST_TEST(run({"leader", "r", "--group", "g"}).lines.at(0) == "r  nobody leads");
    auto const first = candidate("1");
    auto const term = term_of(*first);
    BOOST_TEST(leader() == "1");
    BOOST_TEST(run({"leader", "r", "--group", "g"}).lines.at(0).find("  1  term " + std::to_string(term) + "  since 20") !=
               std::string::npos);
    auto const second = candidate("2");
    BOOST_TEST(!second->line(500ms).has_value());
    first->terminate();
    BOOST_TEST(term_of(*second) > term);
    BOOST_TEST(first->wait().value_or(-1) == 0);
    BOOST_TEST(leader() == "2");
    second->terminate();
    BOOST_TEST(second->wait().value_or(-1) == 0);
    BOOST_TEST(leader() == "nobody");
}

BOOST_AUTO_TEST_CASE(a_stopped_leader_stands_again_when_it_goes_on)
{
    auto const first = candidate("1");
    auto const term = term_of(*first);
    auto const second = candidate("2");
    BOOST_TEST(!second->line(100ms).has_value());
    first->freeze();
    auto const next = term_of(*second);
    BOOST_TEST(next > term);
    BOOST_TEST(leader() == "2");
    first->thaw();
    BOOST_TEST(first->line().value_or("") == "ended");
    BOOST_TEST(!first->line(500ms).has_value());
    BOOST_TEST(first->errors().find("the leadership in r was lost") != std::string::npos);
    second->kill();
    BOOST_TEST(term_of(*first) > next);
    BOOST_TEST(leader() == "1");
    first->terminate();
    BOOST_TEST(first->wait().value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_leader_is_followed_within_100_ms_of_its_ttl)
{
    std::vector<long long> latenesses;
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g"}};
        auto watching = co_await group.async_watch_leader("r");
        auto change = co_await watching.async_next();
        BOOST_TEST((change && !change->leader));
        for (int i = 0; i < 5; ++i)
        {
            auto const first = candidate("first");
            auto const term = term_of(*first);
            change = co_await watching.async_next();
            BOOST_TEST((change && change->leader && change->leader->term == static_cast<std::uint64_t>(term)));
            auto const elected = std::make_shared<std::optional<long long>>();
            auto const mine = std::make_shared<leadership>();
            group.async_campaign("r", "mine", [elected, mine](error_code, leadership got) {
                *elected = wall();
                *mine = std::move(got);
            });
            co_await pause(milliseconds{30 * i});
            first->kill();
            BOOST_TEST_REQUIRE(first->wait().has_value());
            auto const end = deadlines("g").front();
            while (!*elected)
                co_await pause(1ms);
            latenesses.push_back(**elected - end);
            BOOST_TEST(latenesses.back() >= 0);
            BOOST_TEST(latenesses.back() <= punctual * slowdown());
            change = co_await watching.async_next();
            BOOST_TEST((change && change->leader && change->leader->value == "mine"));
            co_await mine->async_resign();
            change = co_await watching.async_next();
            BOOST_TEST((change && !change->leader));
        }
    });
    BOOST_TEST_MESSAGE(fmt::format("followed after {} ms", fmt::join(latenesses, ", ")));
}

BOOST_AUTO_TEST_CASE(leading_goes_on_over_a_restart_of_the_server)
{
    live([&]() -> asio::awaitable<void> {
        group_connector group{connect(), {.group_name = "g", .heartbeat = 300ms}};
        std::vector<std::uint64_t> terms;
        asio::cancellation_signal stop;
        bool stopped = false;
        group.async_lead(
            "r", "mine",
            [&](leadership const& term) -> asio::awaitable<void> {
                terms.push_back(term.term());
                co_await pause(1h);
            },
            asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { stopped = true; }));
        while (terms.empty())
            co_await pause(1ms);
        server.kill();
        co_await pause(1s * slowdown());  // longer than the lease: it is lost
        server.start();
        while (terms.size() < 2)
            co_await pause(1ms);
        BOOST_TEST(terms[1] > terms[0]);
        auto const leader = co_await group.async_leader("r");
        BOOST_TEST((leader && leader->term == terms[1]));
        stop.emit(asio::cancellation_type::terminal);
        while (!stopped)
            co_await pause(1ms);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
