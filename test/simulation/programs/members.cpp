// Members, streams of them, a role and who watches it: joined, left, updated, read slowly or at once.
#include "test/checkers/event_checker.hpp"
#include "test/checkers/leader_checker.hpp"
#include "test/simulation/programs.hpp"
#include "test/simulation/programs/member_reader.hpp"
#include "test/simulation/store_text.hpp"

#include <list>
#include <set>

namespace coterie::simulation {
namespace {

class member_history : public history
{
public:
    explicit member_history(setting const& how) : history{how}
    {
        server.on_revision = [this](std::string_view group, std::uint64_t revision) {
            if (group == "default-group")
                events_.on_truth(revision, members_in(server.contents(group).value_or("")));
        };
    }
    ~member_history() override { server.on_revision = {}; }

private:
    using reader_ptr = std::shared_ptr<reader>;
    enum class wish
    {
        out,
        in,
        unknown,
    };

    void act() override;
    void on_begun(process&) override;
    void on_over(process&, bool killed) override;
    void on_trouble(trouble) override;
    void come_to_rest() override;

    void join(process&, std::string const& name, std::string const& value);
    void leave(process&, std::string const& name);
    void settled(process&, std::string const& name, int turn, wish);
    void watch(process&, bool at_once);
    void watch_leader(process&);
    void read(reader_ptr const&);
    void read_leader(reader_ptr const&);
    void tell(reader const&, member_change const&);
    void stand(process&, milliseconds wait);
    std::string expiry(reader const&, process const&) const;
    void check_members(std::vector<member> const&) const;
    void check_slow_readers();
    void check_leader();
    void look_who_is_over();

    checkers::event_checker events_;
    checkers::leader_checker leaders_;
    std::list<reader_ptr> readers_;
    std::list<std::pair<process*, leadership>> terms_;
    std::map<std::pair<int, std::string>, std::pair<int, wish>> wishes_;  // process and name -> as of which turn, what
    std::set<std::string> were_over_;                                     // sessions that were past their deadlines once
    int turns_ = 0;
    int readers_made_ = 0;
};

void member_history::on_begun(process& which)
{
    join(which, "p" + std::to_string(which.number), "0");
    watch(which, true);
    watch_leader(which);
}

// The one whose turn came later counts: operations on one name take turns.
void member_history::settled(process& by, std::string const& name, int turn, wish what)
{
    auto& known = wishes_[{by.number, name}];
    if (turn < known.first)
        return;
    known = {turn, what};
}

void member_history::join(process& by, std::string const& name, std::string const& value)
{
    say("{} joins {}={}", by.number, name, value);
    auto const turn = ++turns_;
    bool const was_in = wishes_[{by.number, name}].second != wish::out;
    settled(by, name, turn, wish::unknown);
    by.group->async_join(name, value, cancellable([this, &by, name, turn, was_in](error_code ec) {
                             settled(by, name, turn, !ec ? wish::in : was_in ? wish::unknown : wish::out);
                             ++counts_[ec ? "failed joins" : "joins"];
                         }));
}

void member_history::leave(process& by, std::string const& name)
{
    say("{} leaves {}", by.number, name);
    auto const turn = ++turns_;
    settled(by, name, turn, wish::unknown);
    // (What never had its turn was not begun.)
    by.group->async_leave(name, cancellable([this, &by, name, turn](error_code ec, bool) {
                              settled(by, name, turn, ec && ec != errc::outcome_unknown ? wish::unknown : wish::out);
                          }));
}

void member_history::watch(process& by, bool at_once)
{
    watch_options options;
    options.buffer = at_once || one_in(2) ? 256 : 1;
    by.group->async_watch(options, [this, &by, at_once, options](error_code ec, member_events events) {
        if (ec)
            return;
        auto const made = std::make_shared<reader>(reader{++readers_made_, &by, options.buffer, std::move(events), {}, at_once});
        readers_.push_back(made);
        say("{} watches: reader {}", by.number, made->number);
        if (at_once)
            read(made);
    });
}

void member_history::read(reader_ptr const& one)
{
    if (std::exchange(one->asked, true))
        return;
    one->events.async_next([this, one](error_code ec, std::optional<member_change> change) {
        one->asked = false;
        if (ec || !change || one->over)
            return;
        tell(*one, *change);
        if (one->at_once)
            read(one);
    });
}

void member_history::tell(reader const& one, member_change const& change)
{
    ++counts_["changes"];
    say("reader {} at {}: +{} -{} *{}{}", one.number, change.revision, fmt::join(change.joined, ","), fmt::join(change.left, ","),
        fmt::join(change.updated, ","), change.resynced ? " resynced" : "");
    checkers::change_seen seen;
    seen.reader = one.number;
    seen.revision = change.revision;
    seen.left = change.left;
    seen.resynced = change.resynced;
    if (plan_.clock)
        look_who_is_over();
    for (auto const& [session, until] : leases_in(server.contents("default-group").value_or("")))
        if (server.at(until) > now() && !were_over_.contains(session))
            seen.living.insert(session);
    for (auto const& name : change.joined)
        seen.joined[name] = change.find(name)->value;
    for (auto const& name : change.updated)
        seen.updated[name] = change.find(name)->value;
    events_.on_change(seen);
    for (auto const& name : change.left)
        due_.happened(fmt::format("expiry: reader {} is told that {} left", one.number, name), now());
}

void member_history::watch_leader(process& by)
{
    by.group->async_watch_leader("boss", [this, &by](error_code ec, leader_events events) {
        if (ec)
            return;
        auto const made = std::make_shared<reader>(reader{++readers_made_, &by, 0, {}, std::move(events), true});
        readers_.push_back(made);
        read_leader(made);
    });
}

void member_history::read_leader(reader_ptr const& one)
{
    one->leaders.async_next([this, one](error_code ec, std::optional<leader_change> change) {
        if (ec || !change || one->over)
            return;
        checkers::leader_seen seen{one->number, change->revision};
        if (change->leader)
        {
            seen.term = change->leader->term;
            seen.member = change->leader->member;
            seen.value = change->leader->value;
        }
        say("reader {} at {}: leader {} {} {}", one->number, seen.revision, seen.term, seen.member, seen.value);
        leaders_.on_seen(seen);
        ++counts_["leaders"];
        read_leader(one);
    });
}

void member_history::stand(process& by, milliseconds wait)
{
    campaign_options options;
    options.wait = wait;
    auto const member = fmt::format("c{}", ++turns_);
    say("{} campaigns as {}", by.number, member);
    options.member = member;
    by.group->async_campaign("boss", "v", options, cancellable([this, &by, member](error_code ec, leadership got) {
                                 if (ec)
                                     return say("{} does not lead: {}", member, ec.message());
                                 say("{} leads, term {}", member, got.term());
                                 leaders_.on_term(got.term(), member);
                                 terms_.emplace_back(&by, std::move(got));
                             }));
}

void member_history::act()
{
    auto* const by = any_running();
    if (by == nullptr)
        return;
    auto const name = fmt::format("m{}", below(4));
    switch (below(14))
    {
    case 0:
    case 1:
    case 2: return join(*by, name, std::to_string(below(3)));
    case 3:
    case 4: return leave(*by, name);
    case 5: return by->group->async_update(name, std::to_string(below(3)), [](error_code, bool) {});
    case 6: return readers_.size() < 20 ? watch(*by, one_in(2)) : void();
    case 7:
    case 8:
        for (auto const& each : readers_)
            if (!each->at_once && each->by->runs && one_in(2))
                read(each);
        return;
    case 9:
    case 10: return stand(*by, paced(up_to(6s)));
    case 11:
        if (!terms_.empty() && terms_.front().first->runs)
            terms_.pop_front();  // resigns
        return;
    case 12: return cancel_one();
    default:
        if (!terms_.empty() && terms_.back().first->runs)
            terms_.back().second.async_proclaim(std::to_string(++turns_), [](error_code) {});
    }
}

std::string member_history::expiry(reader const& one, process const& dead) const
{
    return fmt::format("expiry: reader {} is told that p{} left", one.number, dead.number);
}

void member_history::on_over(process& which, bool killed)
{
    auto const end = lease_end("p" + std::to_string(which.number));
    for (auto const& one : std::list{readers_})
        if (one->by == &which)
        {
            one->over = true;
            events_.forget(one->number);
            leaders_.forget(one->number);
            readers_.remove(one);
            due_.excuse_if([&](std::string const& what) { return what.starts_with(fmt::format("expiry: reader {} ", one->number)); });
        }
        else if (killed && end && one->at_once && one->buffer != 0 && one->by->runs && !one->by->cut_off && !plan_.noise &&
                 plan_.faithful() && events_.knows(one->number, "p" + std::to_string(which.number)))
        {
            due_.expect(expiry(*one, which), std::max(*end, now()) + told_within());
            ++counts_["expiries"];
        }
    std::erase_if(terms_, [&](auto const& each) { return each.first == &which; });
    std::erase_if(wishes_, [&](auto const& each) { return each.first.first == which.number; });
}

void member_history::on_trouble(trouble what)
{
    if (plan_.clock)
        look_who_is_over();
    if (what == trouble::lost_data)
        leaders_.on_lost();
    if (what == trouble::replica_behind)
        leaders_.on_replica_behind();
    if (what == trouble::failover)
        leaders_.on_failover(static_cast<std::uint64_t>(std::chrono::microseconds{now() - server.at(0)}.count()));
}

// A step of the clock may make them live again: to those who left them out they are no members until they are told of again.
void member_history::look_who_is_over()
{
    for (auto const& [session, until] : leases_in(server.contents("default-group").value_or("")))
        if (server.at(until) <= now())
            were_over_.insert(session);
}

// Whoever wants to be a member is one, and nobody else.
void member_history::check_members(std::vector<member> const& members) const
{
    std::set<std::string> there, must, may;
    for (auto const& each : members)
        there.insert(each.name);
    for (auto const& [whose, known] : wishes_)
    {
        if (known.second == wish::in)
            must.insert(whose.second);
        if (known.second != wish::out)
            may.insert(whose.second);
    }
    for (auto const& name : must)
        if (!there.contains(name))
            throw violation{"members: " + name + " is wanted, and is no member in the end"};
    for (auto const& name : there)
        if (!may.contains(name))
            throw violation{"members: " + name + " is a member in the end, and nobody wants that"};
}

// What waited for them is bounded by their buffers.
void member_history::check_slow_readers()
{
    for (auto const& one : readers_)
    {
        if (one->at_once)
            continue;
        std::size_t changes = 0;
        auto const before = [&] { return counts_["changes"]; };
        for (auto count = before();; ++changes, count = before())
        {
            read(one);
            run_for(10ms);
            if (before() == count)
                break;
        }
        if (changes > one->buffer + 2)  // (and the one that was asked for before)
            throw violation{fmt::format("bounded: {} changes waited for reader {} with a buffer of {}", changes, one->number, one->buffer)};
    }
}

// Everybody is told who leads, and that nobody does.
void member_history::check_leader()
{
    while (!terms_.empty())
        terms_.pop_front();
    run_for(20s + spare(), [this] {
        terms_.clear();
        return false;
    });
    leaders_.require_all_know(0);
    stand(*processes.front(), forever);
    require_soon(10s, "leaders: nobody leads, and a candidate must", [this] { return !terms_.empty(); });
    run_for(6s + spare());
    leaders_.require_all_know(terms_.front().second.term());
    terms_.clear();
    run_for(6s + spare());
    leaders_.require_all_know(0);
}

void member_history::come_to_rest()
{
    run_for(40s + spare());
    std::optional<std::vector<member>> members;
    processes.front()->group->async_members([&](error_code ec, std::vector<member> all) {
        if (!ec)
            members = std::move(all);
    });
    require_soon(10s, "members: must be told", [&] { return members.has_value(); });
    check_members(*members);
    check_slow_readers();
    run_for(6s + spare());
    checkers::membership all;
    for (auto const& each : *members)
        all[each.name] = each.value;
    events_.require_all_know(all);
    check_leader();
    counts_["changes at a known revision"] += events_.compared();
}

}  // namespace

counts run_members(setting const& how)
{
    return member_history{how}.run();
}

}  // namespace coterie::simulation
