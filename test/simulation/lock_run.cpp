#include "lock_run.hpp"

#include "lock_checker.hpp"
#include "plan.hpp"
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <list>

namespace coterie::simulation {
namespace {

// Somebody's acquisition, from his call to the end of his hold.
struct attempt
{
    acquisition what;
    process* by = nullptr;
    std::optional<lock> held{};
    std::optional<leadership> term{};
    bool answered = false;
    asio::cancellation_signal cancel{};

    lock_state state() const { return held ? held->state() : term ? term->state() : lock_state::lost; }
};

class lock_run : world
{
public:
    lock_run(std::uint64_t seed, std::function<void(std::string const&)> const& trace);
    summary operator()();

private:
    using attempt_ptr = std::shared_ptr<attempt>;

    template <class... Args>
    void say(fmt::format_string<Args...> text, Args&&... args)
    {
        if (trace_)
            trace_(fmt::format("{:>9.3f}  {}", std::chrono::duration<double>(clock->now().time_since_epoch()).count() - 1000,
                               fmt::format(text, std::forward<Args>(args)...)));
    }

    void act();
    process* any_running();
    attempt_ptr any(bool holding);
    void ask();
    void ask_for_role(attempt_ptr const&);
    void ask_for_lock(attempt_ptr const&, std::string const& member, std::chrono::milliseconds wait);
    void answered(attempt_ptr const&, error_code);
    void give_back(attempt_ptr const&);
    void break_something();
    void end_process(process&, bool killed);
    void come_to_rest();

    plan plan_;
    lock_checker checker_;
    std::function<void(std::string const&)> const& trace_;
    std::list<attempt_ptr> attempts_;
    bool disturbed_ = true;
    int attempts_made_ = 0;
    int processes_made_ = 0;
    summary summary_;
};

lock_run::lock_run(std::uint64_t seed, std::function<void(std::string const&)> const& trace)
    : world{seed}
    , plan_{make_plan(seed)}
    , checker_{plan_.calm()}
    , trace_{trace}
{
    disturb(*this, plan_, disturbed_);
    for (int i = 0; i < 4; ++i)
        make(++processes_made_);

    // A quarantine begins with the first who knew the data that was lost: see docs/guide.md. So here all of them do.
    disturbed_ = false;
    for (auto const& each : processes)
        if (plan_.data)
            each->group->async_join([](error_code) {});
    run_for(1s);
    disturbed_ = true;
}

process* lock_run::any_running()
{
    std::vector<process*> running;
    for (auto const& each : processes)
        if (each->runs)
            running.push_back(each.get());
    return running.empty() ? nullptr : running[below(running.size())];
}

lock_run::attempt_ptr lock_run::any(bool holding)
{
    std::vector<attempt_ptr> found;
    for (auto const& each : attempts_)
        if (each->by->runs && each->answered == holding)
            found.push_back(each);
    return found.empty() ? nullptr : found[below(found.size())];
}

void lock_run::ask()
{
    auto* const by = any_running();
    if (by == nullptr || attempts_.size() >= 14)
        return;
    auto const one = std::make_shared<attempt>();
    one->by = by;
    auto& what = one->what;
    what.number = ++attempts_made_;
    what.process = by->number;
    what.asked_at = static_cast<std::uint64_t>(clock->now().time_since_epoch().count());
    what.believed = [weak = std::weak_ptr{one}] {
        auto const here = weak.lock();
        return here && here->state() != lock_state::lost;
    };
    attempts_.push_back(one);
    ++summary_.asked;
    if (one_in(6))
        return ask_for_role(one);

    auto const member = plan_.own_names ? fmt::format("m{}", what.number) : fmt::format("m{}", below(2));
    auto const wait = one_in(8) ? 0ms : one_in(4) ? up_to(4s) : forever;
    what.waits = wait != 0ms;
    ask_for_lock(one, member, wait);
}

void lock_run::ask_for_role(attempt_ptr const& one)
{
    one->what.names = {"role"};
    say("#{} of {} stands for the role", one->what.number, one->what.process);
    checker_.on_asked(one->what);
    one->by->group->async_campaign("role", plan_.own_names ? std::to_string(one->what.number) : "v",
                                   asio::bind_cancellation_slot(one->cancel.slot(), [this, one](error_code ec, leadership got) {
                                       if (!ec)
                                           one->term = std::move(got);
                                       answered(one, ec);
                                   }));
}

void lock_run::ask_for_lock(attempt_ptr const& one, std::string const& member, std::chrono::milliseconds wait)
{
    static std::vector<std::string> const all{"a", "b", "c"};

    auto& what = one->what;
    auto on_answer = asio::bind_cancellation_slot(one->cancel.slot(), [this, one](error_code ec, lock got) {
        if (!ec)
            one->held = std::move(got);
        answered(one, ec);
    });
    if (one_in(6))
    {
        what.names = {"permits"};
        what.mode = lock_mode::permit;
        what.limit = 2;
        permit_options options;
        options.limit = what.limit;
        options.wait = wait;
        options.member = member;
        say("#{} of {} wants a permit", what.number, what.process);
        checker_.on_asked(what);
        return one->by->group->async_acquire("permits", options, std::move(on_answer));
    }
    do
        what.names.push_back(all[below(all.size())]);
    while (one_in(4));
    std::ranges::sort(what.names);
    what.names.erase(std::ranges::unique(what.names).begin(), what.names.end());
    what.mode = one_in(3) ? lock_mode::shared : lock_mode::exclusive;
    lock_options options;
    options.wait = wait;
    options.member = member;
    options.mode = what.mode;
    if (!plan_.data && one_in(8))  // (a lease of its own outlasts a quarantine)
        options.lease = 100ms + up_to(10s);
    say("#{} of {} wants {} {}", what.number, what.process, fmt::join(what.names, ","), what.mode == lock_mode::shared ? "shared" : "");
    checker_.on_asked(what);
    one->by->group->async_lock_all(what.names, options, std::move(on_answer));
}

void lock_run::answered(attempt_ptr const& one, error_code ec)
{
    one->answered = true;
    if (ec)
    {
        say("#{} of {} does not get it: {}", one->what.number, one->what.process, ec.message());
        checker_.on_given_up(one->what);
        attempts_.remove(one);
        return;
    }
    one->what.fence = one->held ? one->held->fence() : one->term->fence();
    say("#{} of {} gets {}, fence {}", one->what.number, one->what.process, fmt::join(one->what.names, ","), one->what.fence);
    ++summary_.granted;
    checker_.on_granted(one->what);
}

void lock_run::give_back(attempt_ptr const& one)
{
    say("#{} of {} gives back{}", one->what.number, one->what.process, one->state() == lock_state::lost ? " what is lost" : "");
    summary_.lost += one->state() == lock_state::lost;
    checker_.on_released(one->what);
    attempts_.remove(one);
    if (one->held && one_in(2))
        one->held->async_release([one](error_code) {});
    one->held.reset();  // else by the destructor
    one->term.reset();
}

// Its acquisitions are those of nobody any more.
void lock_run::end_process(process& which, bool killed)
{
    say("process {} {}", which.number, killed ? "is killed" : "ends");
    for (auto const& one : std::list{attempts_})
        if (one->by == &which)
        {
            checker_.on_given_up(one->what);
            checker_.on_released(one->what);
            attempts_.remove(one);
            one->held.reset();
            one->term.reset();
        }
    if (!killed)
        run_for(10s, [&, closed = std::make_shared<bool>(false), started = false]() mutable {
            if (!std::exchange(started, true))
                which.group->async_close([closed](error_code) { *closed = true; });
            return *closed;
        });
    kill(which);
}

void lock_run::break_something()
{
    auto& one = *processes[below(processes.size())];
    switch (below(8))
    {
    case 0:
    case 1:
        if (plan_.crashes)
        {
            one.runs = !one.runs;
            say("process {} {}", one.number, one.runs ? "goes on" : "stands still");
        }
        break;
    case 2:
        if (plan_.crashes && !plan_.data)
        {
            end_process(one, !one.runs || one_in(2));
            make(++processes_made_);
        }
        break;
    case 3:
        if (plan_.network)
        {
            say("all connections break");
            server.disconnect_all();
        }
        break;
    case 4:
        if (plan_.network)
        {
            auto const time = up_to(12s);
            say("nobody can connect for {}", time.count());
            server.refuse_connections(true);
            server.disconnect_all();
            run_for(time);
            server.refuse_connections(false);
        }
        break;
    case 5:
        if (plan_.network)
        {
            auto const time = up_to(12s);
            say("the server stands still for {}", time.count());
            server.freeze();
            run_for(time);
            server.thaw();
        }
        break;
    case 6:
        if (plan_.data)
        {
            say("the data is lost");
            server.lose_data();
            if (one_in(2))
                server.disconnect_all();
        }
        break;
    default:
        if (auto* const by = any_running(); plan_.force && by != nullptr)
        {
            auto const name = std::string(1, static_cast<char>('a' + below(3)));
            say("{} is taken by force", name);
            // From the call on, for it may take effect at any moment.
            auto const done = std::make_shared<bool>(false);
            by->group->async_force_release(name, [done](error_code, bool) { *done = true; });
            run_for(10s, [&] {
                checker_.on_forced(name);
                return *done || !by->runs;
            });
            checker_.on_forced(name);
        }
    }
}

void lock_run::act()
{
    switch (below(10))
    {
    case 0:
    case 1:
    case 2:
    case 3: ask(); break;
    case 4:
    case 5:
    case 6:
        if (auto const one = any(true))
            give_back(one);
        break;
    case 7:
        if (auto const one = any(false))
        {
            say("#{} of {} gives up", one->what.number, one->what.process);
            one->cancel.emit(asio::cancellation_type::total);
        }
        break;
    default: break_something();
    }
    // Long enough for a request to arrive, at least, where order matters.
    run_for(plan_.calm() ? 1ms + up_to(300ms) : one_in(3) ? 0ms : one_in(12) ? up_to(9s) : up_to(900ms));
}

// Nothing is broken any more; whoever gets something gives it back: then nobody may be left.
void lock_run::come_to_rest()
{
    say("everything works again");
    disturbed_ = false;
    for (auto const& each : processes)
        each->runs = true;
    // Where nothing was disturbed all of it is handed on at once, without any heartbeat.
    run_for(plan_.calm() ? 1s : 60s, [this] {
        while (auto const one = any(true))
            give_back(one);
        return attempts_.empty();
    });
    checker_.require_nobody_waits();
    run_for(30s);  // a quarantine may go on, for the longest ttl after the first one is connected again
    while (!processes.empty())
        end_process(*processes.front(), false);
    for (auto const& group : server.groups())
        throw violation{"something is left behind:\n" + server.dump(group)};
}

summary lock_run::operator()()
{
    for (int i = 0; i < 120; ++i)
        act();
    come_to_rest();
    return summary_;
}

}  // namespace

summary run_locks(std::uint64_t seed, std::function<void(std::string const&)> const& trace)
{
    return lock_run{seed, trace}();
}

}  // namespace coterie::simulation
