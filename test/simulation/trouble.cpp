// What goes wrong.
#include "history.hpp"

namespace coterie::simulation {

void history::told(trouble what)
{
    due_.excuse_all();
    on_trouble(what);
}

void history::break_something()
{
    auto& one = *processes[below(processes.size())];
    switch (below(10))
    {
    case 0:
    case 1:
        if (plan_.crashes)
        {
            one.runs = !one.runs;
            say("process {} {}", one.number, one.runs ? "goes on" : "stands still");
            told(trouble::disturbed);
        }
        break;
    case 2:
        if (plan_.crashes && !plan_.data)
            replace(one);
        break;
    case 3:
        if (plan_.network)
        {
            say("all connections break");
            server.disconnect_all();
            told(trouble::disturbed);
            check_reconnect();
        }
        break;
    case 4:
        if (plan_.network)
            outage("nobody can connect", [this](bool yes) {
                server.refuse_connections(yes);
                if (yes)
                    server.disconnect_all();
            });
        break;
    case 5:
        if (plan_.network)
            outage("the server stands still", [this](bool yes) { yes ? server.freeze() : server.thaw(); });
        break;
    case 6:
    case 7:
        if (plan_.network)
            cut_off(one);
        break;
    default:
        if (plan_.data)
        {
            say("the data is lost");
            server.lose_data();
            told(trouble::lost_data);
            run_for(1ms);  // two epochs do not tell in the same microsecond: revisions follow the time
            if (one_in(2))
                server.disconnect_all();
        }
        else if (plan_.failover && server.can_fail_over() && !fails_over_at_)
        {
            say("the replica follows no more");
            server.copy_to_replica();
            on_trouble(trouble::replica_behind);
            fails_over_at_ = now() + paced(up_to(3s));
        }
        else if (plan_.clock && server.can_fail_over())
        {
            auto const by = one_in(2) ? up_to(10s) : -up_to(10s);
            say("the server's clock is stepped by {}", by.count());
            told(trouble::disturbed);
            server.step_time(by);
            clock_behind_ = std::max(0ms, clock_behind_ - by);
            told(trouble::clock_step);
        }
    }
}

void history::replace(process& one)
{
    bool const killed = !one.runs || one.cut_off || one_in(2);
    end_process(one, killed);
    begin_process();
}

void history::outage(std::string_view words, std::function<void(bool)> const& switch_it)
{
    auto const time = up_to(12s);
    say("{} for {}", words, time.count());
    switch_it(true);
    told(trouble::disturbed);
    run_for(time);
    switch_it(false);
    told(trouble::disturbed);
    check_reconnect();
}

void history::cut_off(process& one)
{
    one.cut_off = !one.cut_off;
    say("process {} {}", one.number, one.cut_off ? "reaches nobody" : "reaches the server again");
    server.cut_off(one.number, one.cut_off);
    told(trouble::disturbed);
    if (!one.cut_off)
        check_reconnect();
}

void history::fail_over()
{
    if (!fails_over_at_ || now() < *fails_over_at_)
        return;
    fails_over_at_.reset();
    say("the replica takes over");
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(2ms);  // it takes a moment, as in life: revisions follow the time
    server.refuse_connections(false);
    server.fail_over();
    told(trouble::failover);
}

// Whoever runs and is not cut off reaches the server again within one backoff (1 s); if his connection was half open, when he has noticed it.
void history::check_reconnect()
{
    if (plan_.noise || !one_in(2))
        return;
    auto const by = now() + paced(1s + 1500ms) + 50ms + server.slack();
    for (auto const& each : processes)
    {
        if (!each->runs || each->cut_off)
            continue;
        auto const what = fmt::format("reconnect: process {} reaches the server", each->number);
        due_.expect(what, by);
        reach_server(*each, what);
    }
    run_for(2600ms + spare(), [this] {
        due_.look(now());
        return false;
    });
    ++counts_["reconnects"];
}

// Asks until there is an answer where timeouts are paced and backoffs are not: what is asked before the server is reached may end first.
void history::reach_server(process& who, std::string const& expectation)
{
    who.group->async_members([this, &who, expectation](error_code error, std::vector<member> const&) {
        if (!error)
            due_.happened(expectation, now());
        else if (!server.exact() && (error == errc::not_connected || error == errc::outcome_unknown))
            reach_server(who, expectation);
    });
}

}  // namespace coterie::simulation
