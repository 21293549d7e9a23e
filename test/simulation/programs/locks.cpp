// Locks, readers, permits, several locks at once and a role: asked for, waited for, given up, given back, taken by force.
#include "test/checkers/hold_checker.hpp"
#include "test/checkers/lock_checker.hpp"
#include "test/simulation/programs.hpp"
#include "test/simulation/store_text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <list>

namespace coterie::simulation {
namespace {

using checkers::acquisition;

// Somebody's acquisition, from his call to the end of his hold.
struct attempt
{
    acquisition what;
    process* by = nullptr;
    std::optional<lock> held{};
    std::optional<leadership> term{};
    bool answered = false;
    bool fixed = false;
    asio::cancellation_signal cancel{};

    lock_state state() const { return held ? held->state() : term ? term->state() : lock_state::lost; }
    clock::time_point deadline() const { return held ? held->deadline() : term->deadline(); }
};

class lock_history : public history
{
public:
    explicit lock_history(setting const& how) : history{how}, locks_{plan_.calm() && how.where.exact()} {}

private:
    using attempt_ptr = std::shared_ptr<attempt>;

    void act() override;
    void look() override;
    void on_begun(process& which) override
    {
        which.group->async_join([](error_code) {});
    }
    void on_over(process&, bool killed) override;
    void on_trouble(trouble) override;
    void come_to_rest() override;

    attempt_ptr any(bool holding);
    void ask();
    void ask_for_role(attempt_ptr const&);
    void ask_for_lock(attempt_ptr const&, std::string const& member, milliseconds wait);
    void answered(attempt_ptr const&, error_code);
    void give_back(attempt_ptr const&);
    void take_by_force();
    bool waited_for_alone(std::string const& name) const;
    std::optional<bool> in_store(attempt const&) const;

    checkers::lock_checker locks_;
    checkers::hold_checker holds_;
    std::list<attempt_ptr> attempts_;
    int attempts_made_ = 0;
};

lock_history::attempt_ptr lock_history::any(bool holding)
{
    std::vector<attempt_ptr> found;
    for (auto const& each : attempts_)
        if (each->by->runs && each->answered == holding)
            found.push_back(each);
    return found.empty() ? nullptr : found[below(found.size())];
}

void lock_history::ask()
{
    auto* const by = any_running();
    if (by == nullptr || attempts_.size() >= 14)
        return;
    auto const one = std::make_shared<attempt>();
    one->by = by;
    auto& what = one->what;
    what.number = ++attempts_made_;
    what.process = by->number;
    what.asked_at = now();
    what.believed = [weak = std::weak_ptr{one}] {
        auto const here = weak.lock();
        return here && here->state() != lock_state::lost;
    };
    attempts_.push_back(one);
    ++counts_["asked"];
    if (one_in(6))
        return ask_for_role(one);

    auto const member = plan_.own_names ? fmt::format("m{}", what.number) : fmt::format("m{}", below(2));
    auto const wait = one_in(8) ? 0ms : one_in(4) ? paced(up_to(4s)) : forever;
    what.waits = wait != 0ms;
    ask_for_lock(one, member, wait);
}

void lock_history::ask_for_role(attempt_ptr const& one)
{
    one->what.names = {"role"};
    say("#{} of {} stands for the role", one->what.number, one->what.process);
    locks_.on_asked(one->what);
    one->by->group->async_campaign("role", plan_.own_names ? std::to_string(one->what.number) : "v",
                                   asio::bind_cancellation_slot(one->cancel.slot(), [this, one](error_code ec, leadership got) {
                                       if (!ec)
                                           one->term = std::move(got);
                                       answered(one, ec);
                                   }));
}

void lock_history::ask_for_lock(attempt_ptr const& one, std::string const& member, milliseconds wait)
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
        locks_.on_asked(what);
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
    one->fixed = !plan_.data && one_in(8);  // (a lease of its own outlasts a quarantine)
    if (one->fixed)
        options.lease = paced(100ms + up_to(10s));
    say("#{} of {} wants {} {}", what.number, what.process, fmt::join(what.names, ","), what.mode == lock_mode::shared ? "shared" : "");
    locks_.on_asked(what);
    one->by->group->async_lock_all(what.names, options, std::move(on_answer));
}

void lock_history::answered(attempt_ptr const& one, error_code ec)
{
    one->answered = true;
    for (auto const& name : one->what.names)
        due_.excuse("hand-over: " + name);
    if (ec)
    {
        say("#{} of {} does not get it: {}", one->what.number, one->what.process, ec.message());
        locks_.on_given_up(one->what);
        attempts_.remove(one);
        return;
    }
    one->what.fence = one->held ? one->held->fence() : one->term->fence();
    say("#{} of {} gets {}, fence {}", one->what.number, one->what.process, fmt::join(one->what.names, ","), one->what.fence);
    ++counts_["granted"];
    locks_.on_granted(one->what);
}

void lock_history::give_back(attempt_ptr const& one)
{
    say("#{} of {} gives back{}", one->what.number, one->what.process, one->state() == lock_state::lost ? " what is lost" : "");
    counts_["lost"] += one->state() == lock_state::lost;
    locks_.on_released(one->what);
    attempts_.remove(one);
    if (one->held && one_in(2))
        one->held->async_release([one](error_code) {});
    one->held.reset();  // else by the destructor
    one->term.reset();
}

// By somebody who wants nothing else at the same time, who runs, and who stands behind nobody that does.
bool lock_history::waited_for_alone(std::string const& name) const
{
    bool found = false;
    for (auto const& one : attempts_)
        if (!one->answered && std::ranges::find(one->what.names, name) != one->what.names.end())
        {
            if (one->what.names.size() > 1 || !one->by->runs || one->by->cut_off)
                return false;
            found = found || one->what.waits;
        }
    return found;
}

// Its acquisitions are those of nobody any more.
void lock_history::on_over(process& which, bool killed)
{
    auto const end = lease_end("p" + std::to_string(which.number));
    std::vector<std::string> orphaned;
    for (auto const& one : std::list{attempts_})
        if (one->by == &which)
        {
            bool const alone = one->answered && one->state() != lock_state::lost && one->what.mode == lock_mode::exclusive && !one->fixed;
            if (alone)
                orphaned.insert(orphaned.end(), one->what.names.begin(), one->what.names.end());
            if (!one->answered)
                for (auto const& name : one->what.names)
                    due_.excuse("hand-over: " + name);
            locks_.on_given_up(one->what);
            locks_.on_released(one->what);
            attempts_.remove(one);
            one->held.reset();
            one->term.reset();
        }
    for (auto const& name : orphaned)
        if (killed && end && !plan_.noise && plan_.faithful() && waited_for_alone(name))
        {
            due_.expect("hand-over: " + name, *end + told_within());
            ++counts_["hand-overs"];
        }
}

void lock_history::on_trouble(trouble what)
{
    if (what == trouble::failover)
        locks_.on_all_forced(now());
    if (what == trouble::clock_step)
        locks_.on_all_forced(now() + paced(7500ms));
}

std::optional<bool> lock_history::in_store(attempt const& one) const
{
    auto const all = plan_.faithful() ? server.contents("default-group") : std::nullopt;
    return all ? std::optional{is_held_under(*all, one.what.fence)} : std::nullopt;
}

void lock_history::look()
{
    for (auto const& one : attempts_)
        if (one->answered)
        {
            bool const believed = one->state() != lock_state::lost;
            auto const until = std::chrono::floor<moment>(one->deadline().time_since_epoch());
            holds_.on_seen({one->what.number, now(), believed, until, believed ? in_store(*one) : std::nullopt});
        }
}

void lock_history::take_by_force()
{
    auto* const by = any_running();
    if (!plan_.force || by == nullptr)
        return;
    auto const name = std::string(1, static_cast<char>('a' + below(3)));
    say("{} is taken by force", name);
    // From the call on, for it may take effect at any moment.
    auto const done = std::make_shared<bool>(false);
    by->group->async_force_release(name, [done](error_code, bool) { *done = true; });
    run_for(10s, [&] {
        locks_.on_forced(name);
        return *done || !by->runs;
    });
    locks_.on_forced(name);
}

void lock_history::act()
{
    switch (below(16))
    {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7: return ask();
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
        if (auto const one = any(true))
            give_back(one);
        return;
    case 13:
    case 14:
        if (auto const one = any(false))
        {
            say("#{} of {} gives up", one->what.number, one->what.process);
            one->cancel.emit(asio::cancellation_type::total);
        }
        return;
    default: return take_by_force();
    }
}

// Whoever gets something gives it back: then nobody may be left.
void lock_history::come_to_rest()
{
    // Where nothing was disturbed all of it is handed on at once, without any heartbeat.
    run_for((plan_.calm() ? 1s : 60s) + spare(), [this] {
        while (auto const one = any(true))
            give_back(one);
        return attempts_.empty();
    });
    locks_.require_nobody_waits();
}

}  // namespace

counts run_locks(setting const& how)
{
    return lock_history{how}.run();
}

}  // namespace coterie::simulation
