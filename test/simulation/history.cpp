#include "history.hpp"

#include <charconv>

namespace coterie::simulation {

history::history(setting const& how) : world{how.seed, how.where}, plan_{how.seed}, trace_{how.trace}, begin_{now()}, acts_{how.acts} {}

counts history::run()
try
{
    live();
    return std::move(counts_);
}
catch (violation const&)
{
    say("the store:\n{}", server.contents("default-group").value_or("(cannot be seen)"));
    throw;
}

void history::live()
{
    for (int i = 0; i < 4; ++i)
        begin_process();
    run_for(1s);  // a quarantine begins with the first who knew the data that was lost: here all of them do
    set_noise(true);
    for (int i = 0; i < acts_; ++i)
    {
        if (one_in(5))
            break_something();
        else
            act();
        server.stir();
        fail_over();
        // Long enough for a request to arrive, at least, where order matters.
        run_for(plan_.calm() ? 1ms + up_to(300ms) : one_in(3) ? 0ms : one_in(12) ? up_to(9s) : up_to(900ms));
        due_.look(now());
        look();
    }

    say("everything works again");
    set_noise(false);
    if (fails_over_at_)
    {
        fails_over_at_ = now();
        fail_over();
    }
    due_.excuse_all();
    for (auto const& each : processes)
    {
        each->runs = true;
        each->cut_off = false;
        server.cut_off(each->number, false);
    }
    come_to_rest();
    // A quarantine may go on, for the longest ttl after the first one is connected again; and a lease ends by the server's clock.
    run_for(30s + clock_behind_);
    while (!processes.empty())
        end_process(*processes.front(), false);
    if (auto const left = server.left_behind(); !left.empty())
        throw violation{"something is left behind:\n" + left};
}

process* history::any_running()
{
    std::vector<process*> running;
    for (auto const& each : processes)
        if (each->runs)
            running.push_back(each.get());
    return running.empty() ? nullptr : running[below(running.size())];
}

void history::cancel_one()
{
    if (signals_.empty())
        return;
    auto const back = 1 + below(std::min<std::size_t>(signals_.size(), 3));
    say("the {}. last is cancelled", back);
    signals_[signals_.size() - back].emit(asio::cancellation_type::terminal);
}

void history::require_soon(milliseconds limit, std::string const& promise, std::function<bool()> const& condition)
{
    if (!run_for(limit + spare(), condition))
        throw violation{fmt::format("{} within {} ms", promise, limit.count())};
}

// "member NAME SESSION ..." and "lease SESSION until TIME"
std::optional<moment> history::lease_end(std::string const& member) const
{
    auto const all = server.contents("default-group");
    auto const after = [&](std::string const& words) {
        auto const found = all ? all->find("\n" + words) : std::string::npos;
        return found == std::string::npos ? std::string{} : all->substr(found + 1 + words.size(), 16);
    };
    auto const session = after("member " + member + " ");
    auto const time = session.empty() ? session : after("lease " + session + " until ");
    if (time.empty())
        return std::nullopt;
    std::int64_t since_1970 = 0;
    std::from_chars(time.data(), time.data() + time.size(), since_1970);
    return server.at(since_1970);
}

// What real time needs more, in the program's words.
milliseconds history::spare() const
{
    return std::chrono::ceil<milliseconds>(server.slack() / server.pace());
}

// Without any push: with the next beat.
moment history::told_within() const
{
    return 100ms + server.slack() + (plan_.pushes || plan_.network ? paced(5s) + paced(1s) : 0ms);
}

process& history::begin_process()
{
    auto& made = make(++processes_made_, {});
    on_begun(made);
    return made;
}

void history::end_process(process& which, bool killed)
{
    say("process {} {}", which.number, killed ? "is killed" : "ends");
    on_over(which, killed);
    if (!killed)
        run_for(10s, [&, closed = std::make_shared<bool>(false), started = false]() mutable {
            if (!std::exchange(started, true))
                which.group->async_close([closed](error_code) { *closed = true; });
            return *closed;
        });
    kill(which);
}

void history::set_noise(bool yes)
{
    disturbed_ = yes && (plan_.noise || plan_.pushes);
    server.disturb(yes && plan_.noise, yes && plan_.pushes);
}

}  // namespace coterie::simulation
