// Who leads: one at a time, known to all, followed at once.
#include "group_world.hpp"

#include <coterie/election.hpp>

using namespace unit;
using coterie::leader_change;
using coterie::leader_events;
using coterie::leadership;
using coterie::lock_state;

namespace {

coterie::campaign_options waiting_at_most(std::chrono::milliseconds time)
{
    coterie::campaign_options options;
    options.wait = time;
    return options;
}

// What a stream told: "member=value", or "nobody".
struct leader_reader
{
    explicit leader_reader(leader_events from) : events{std::move(from)} { ask(); }

    void ask()
    {
        events.async_next([this, alive = std::weak_ptr{alive_}](error_code error, std::optional<leader_change> change) {
            if (alive.expired())
                return;
            BOOST_TEST(!error, error.message());
            ended = !change;
            if (!change)
                return;
            told.push_back(change->leader ? change->leader->member + "=" + change->leader->value : "nobody");
            if (change->leader)
            {
                BOOST_TEST(change->leader->term >= term);
                term = change->leader->term;
            }
            ask();
        });
    }

    names news() { return std::exchange(told, {}); }

    leader_events events;
    names told;
    std::uint64_t term = 0;
    bool ended = false;

private:
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_election, world)

BOOST_AUTO_TEST_CASE(the_first_candidate_leads_and_the_next_one_follows)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    BOOST_TEST(!ok(c->async_leader("r")).has_value());
    auto first = ok(a->async_campaign("r", "at a"));
    BOOST_TEST(first.role() == "r");
    BOOST_TEST(first.member() == "a");
    BOOST_TEST((first.state() == lock_state::held));
    BOOST_TEST(first.term() == first.fence());
    auto const waits = start(b->async_campaign("r", "at b"));
    run_for(1s);
    BOOST_TEST(waits->times == 0);

    auto const leader = ok(c->async_leader("r"));
    BOOST_REQUIRE(leader.has_value());
    BOOST_TEST(leader->member == "a");
    BOOST_TEST(leader->value == "at a");
    BOOST_TEST(leader->term == first.term());

    auto const now = clock->now();
    auto const resigned = start(first.async_resign());
    settle();
    BOOST_TEST(resigned->good());
    BOOST_REQUIRE(waits->good());
    BOOST_TEST((waits->at == now));  // within one push
    BOOST_TEST(waits->value.term() > leader->term);
    BOOST_TEST((first.state() == lock_state::lost));
    BOOST_TEST(ok(c->async_leader("r"))->value == "at b");
}

BOOST_AUTO_TEST_CASE(everybody_can_watch_who_leads)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    leader_reader watches{ok(c->async_watch_leader("r"))};
    settle();
    BOOST_TEST((watches.news() == names{"nobody"}));
    auto first = ok(a->async_campaign("r", "1"));
    leader_reader late{ok(c->async_watch_leader("r"))};
    settle();
    BOOST_TEST((watches.news() == names{"a=1"}));
    BOOST_TEST((late.news() == names{"a=1"}));
    ok(first.async_proclaim("2"));
    auto const second = start(b->async_campaign("r", "3"));
    run_for(1s);
    ok(first.async_resign());
    settle();
    BOOST_REQUIRE(second->good());
    BOOST_TEST((watches.news() == names{"a=2", "b=3"}));
    ok(second->value.async_resign());
    settle();
    BOOST_TEST((watches.news() == names{"nobody"}));
    ok(c->async_close());
    settle();
    BOOST_TEST(watches.ended);
}

BOOST_AUTO_TEST_CASE(roles_locks_and_members_do_not_meet)
{
    auto& a = make("a");
    auto& b = make("b");
    auto events = ok(b->async_watch());
    ok(b->async_join("r"));
    auto const lock = ok(b->async_lock("r"));
    auto const leads = ok(a->async_campaign("r"));
    auto const other = ok(b->async_campaign("other"));
    run_for(6s);
    BOOST_TEST(names_of(ok(a->async_members())).size() == 1U);
    BOOST_TEST(b->members().size() == 1U);
    BOOST_TEST((ok(events.async_next())->joined.empty()));
    BOOST_TEST((ok(events.async_next())->joined == names{"r"}));
    auto const nothing_more = start(events.async_next());
    run_for(1s);
    BOOST_TEST(nothing_more->times == 0);
    BOOST_TEST(!ok(a->async_release("r")));
    BOOST_TEST((leads.state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(a_crashed_leader_is_followed_when_his_lease_ends)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    leader_reader watches{ok(c->async_watch_leader("r"))};
    auto const first = ok(a->async_campaign("r", "1"));
    auto const waits = start(b->async_campaign("r", "2"));
    run_for(5s);
    a.runs = false;
    BOOST_REQUIRE(run_until([&] { return waits->good(); }, 1min));
    BOOST_TEST((waits->at - first.deadline() <= 300ms));
    BOOST_TEST((first.state() == lock_state::lost));
    settle();
    BOOST_TEST((watches.news() == names{"nobody", "a=1", "b=2"}));
    a.runs = true;
    run_for(20s);
    BOOST_TEST((watches.news() == names{}));
    BOOST_TEST(ok(c->async_leader("r"))->member == "b");
}

BOOST_AUTO_TEST_CASE(a_leader_learns_that_he_leads_no_more)
{
    auto& a = make("a");
    auto term = ok(a->async_campaign("r"));
    auto const lost = start(term.async_lost());
    server.refuse_connections(true);
    server.disconnect_all();
    auto const deadline = term.deadline();
    run_for(20s);
    BOOST_TEST(lost->good());
    BOOST_TEST((lost->at <= deadline));
    BOOST_TEST((error_of(term.async_proclaim("x")) == errc::lost));
    server.refuse_connections(false);
    BOOST_TEST((error_of(term.async_proclaim("x")) == errc::lost));
    BOOST_TEST(!ok(a->async_leader("r")).has_value());
    BOOST_TEST((ok(a->async_campaign("r")).state() == lock_state::held));
}

BOOST_AUTO_TEST_CASE(only_a_leader_proclaims)
{
    auto& a = make("a");
    auto& b = make("b");
    auto term = ok(a->async_campaign("r", "1"));
    ok(term.async_proclaim("2"));
    auto const info = ok(b->async_leader("r"));
    BOOST_TEST(info->value == "2");
    BOOST_TEST(info->term == term.term());
    BOOST_TEST((error_of(term.async_proclaim(std::string(1024 * 1024 + 1, 'x'))) == errc::too_large));
    auto const again = start(b->async_campaign("r", "3"));
    ok(term.async_resign());
    settle();
    BOOST_REQUIRE(again->good());
    BOOST_TEST((error_of(term.async_proclaim("4")) == errc::lost));
    BOOST_TEST(ok(a->async_leader("r"))->value == "3");
}

BOOST_AUTO_TEST_CASE(the_last_of_several_proclamations_stands)
{
    auto& a = make("a");
    auto term = ok(a->async_campaign("r", "0"));
    std::vector<std::shared_ptr<ending<unit::nothing>>> all;
    for (int i = 1; i <= 9; ++i)
        all.push_back(start(term.async_proclaim(std::to_string(i))));
    run_for(1s);
    for (auto const& each : all)
        BOOST_TEST(each->good());
    BOOST_TEST(ok(a->async_leader("r"))->value == "9");
}

BOOST_AUTO_TEST_CASE(candidates_of_one_process_follow_each_other)
{
    auto& a = make("a");
    std::vector<std::shared_ptr<ending<leadership>>> all;
    for (int i = 0; i < 5; ++i)
        all.push_back(start(a->async_campaign("r", i < 3 ? "same" : "other")));
    std::uint64_t term = 0;
    while (!all.empty())
    {
        run_for(1s);
        auto const next = std::ranges::find_if(all, [](auto const& each) { return each->good(); });
        BOOST_REQUIRE((next != all.end()));
        auto const elected = *next;
        all.erase(next);
        BOOST_TEST(elected->value.term() > term);
        term = elected->value.term();
        BOOST_TEST(ok(a->async_leader("r"))->term == term);  // each has his own
        BOOST_TEST(std::ranges::none_of(all, [](auto const& each) { return each->good(); }));
        ok(elected->value.async_resign());
    }
}

BOOST_AUTO_TEST_CASE(a_campaign_ends_in_time_or_by_cancellation)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const term = ok(a->async_campaign("r", "1"));
    BOOST_TEST((error_of(b->async_campaign("r", "2", waiting_at_most(2s))) == errc::timed_out));
    BOOST_TEST((error_of(b->async_campaign("r", "2", waiting_at_most(0s))) == errc::timed_out));
    auto const waits = start(b->async_campaign("r", "2"));
    run_for(1s);
    waits->cancel.emit(asio::cancellation_type::total);
    settle();
    BOOST_TEST((waits->error == asio::error::operation_aborted));
    run_for(1s);
    BOOST_TEST(server.dump("default-group").find("waiting") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_input_is_not_sent)
{
    auto& a = make("a");
    ok(a->async_join());
    count_requests();
    requests = 0;
    BOOST_TEST((error_of(a->async_campaign("")) == errc::bad_name));
    BOOST_TEST((error_of(a->async_campaign("{")) == errc::bad_name));
    BOOST_TEST((error_of(a->async_campaign("\1r")) == errc::bad_name));
    BOOST_TEST((error_of(a->async_campaign("r", std::string(1024 * 1024 + 1, 'x'))) == errc::too_large));
    BOOST_TEST((error_of(a->async_campaign("r", "", waiting_at_most(-1ms))) == errc::bad_argument));
    BOOST_TEST((error_of(a->async_leader("")) == errc::bad_name));
    BOOST_TEST((error_of(a->async_watch_leader("}")) == errc::bad_name));
    BOOST_TEST((error_of(a->async_lock("\1r")) == errc::bad_name));
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(every_push_may_be_lost)
{
    auto& a = make("a");
    auto& b = make("b");
    auto& c = make("c");
    leader_reader watches{ok(c->async_watch_leader("r"))};
    server.drop_pushes(true);
    auto first = ok(a->async_campaign("r", "1"));
    auto const waits = start(b->async_campaign("r", "2"));
    run_for(6s);
    ok(first.async_resign());
    run_for(6s);  // a beat
    BOOST_TEST(waits->good());
    run_for(6s);
    BOOST_TEST(watches.told.back() == "b=2");
}

BOOST_AUTO_TEST_CASE(nobody_leads_after_lost_data_until_somebody_is_elected)
{
    auto& a = make("a", without_quarantine());
    auto& c = make("c", without_quarantine());
    auto term = ok(a->async_campaign("r", "1"));
    leader_reader watches{ok(c->async_watch_leader("r"))};
    auto const lost = start(term.async_lost());
    server.lose_data();
    run_for(20s);
    BOOST_TEST(lost->good());
    BOOST_TEST((watches.news() == names{"a=1", "nobody"}));
    auto const again = ok(a->async_campaign("r", "2"));
    BOOST_TEST(again.term() > term.term());
    settle();
    BOOST_TEST((watches.news() == names{"a=2"}));
}

BOOST_AUTO_TEST_SUITE_END()
