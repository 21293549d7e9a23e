// Ids that come, go and change, told of by several sources; asked for, watched, in parties.
#include "test/checkers/data_checker.hpp"
#include "test/checkers/presence_checker.hpp"
#include "test/simulation/programs.hpp"

#include <list>
#include <ranges>

namespace coterie::simulation {
namespace {

using strings = std::vector<std::string>;

struct reader
{
    int number;
    int process;
    bool all;  // or some
    presence_events events;
    bool over = false;  // its process ends
};

class presence_history : public history
{
public:
    explicit presence_history(setting const& how) : history{how}, ttl_{paced(3s)}, presence_{ttl_, 2ms + how.where.slack()}
    {
        server.on_revision = [this](std::string_view, std::uint64_t) { ++revisions_; };
    }
    ~presence_history() override { server.on_revision = {}; }

private:
    void act() override;
    void on_begun(process&) override;
    void on_over(process&, bool killed) override;
    void on_trouble(trouble) override;
    void come_to_rest() override;

    void tell(process&, strings const& ids, int what, std::string const& source);
    void ask(process&);
    void watch(process&);
    void read(std::shared_ptr<reader> const&);
    void change_party(process&);
    void ask_party(process&);
    strings some();
    void check_told_last();
    void check_refreshes();
    void check_expiry();

    // A late try of it may still come.
    moment straggle() const { return plan_.network ? paced(14s) : 0ms; }

    static strings const& ids()
    {
        static strings const all{"ann", "bob", "cid", "dan", "eve"};
        return all;
    }
    static int shown(status what) { return what <= status::offline ? checkers::presence_checker::offline : static_cast<int>(what); }

    milliseconds const ttl_;
    checkers::presence_checker presence_;
    checkers::data_checker parties_;
    std::map<int, presence> spaces_;  // by process
    std::list<std::shared_ptr<reader>> readers_;
    int readers_made_ = 0;
    int open_ = 0;  // operations of the rest
    std::uint64_t revisions_ = 0;
};

void presence_history::on_begun(process& which)
{
    presence_config config;
    config.ttl = ttl_;
    config.shards = 2;
    spaces_.emplace(which.number, presence{*which.client, config});
    watch(which);
}

void presence_history::on_over(process& which, bool)
{
    std::erase_if(readers_, [&](auto const& each) {
        each->over = each->process == which.number;
        if (each->over)
            presence_.forget(each->number);
        return each->over;
    });
    spaces_.erase(which.number);
}

void presence_history::on_trouble(trouble what)
{
    if (what == trouble::disturbed)
        return;
    presence_.on_lost(now(), what == trouble::clock_step ? moment{paced(10s)} : moment{});
    if (what != trouble::clock_step)
        parties_.on_lost(now());
}

strings presence_history::some()
{
    strings result;
    for (auto const& each : ids())
        if (one_in(2))
            result.push_back(each);
    return result;
}

void presence_history::tell(process& by, strings const& which, int what, std::string const& source)
{
    if (which.empty())
        return;
    say("{} tells by {} of {}: {}", by.number, source, fmt::join(which, ","), what);
    std::vector<checkers::presence_checker::token> tokens;
    for (auto const& id : which)
        tokens.push_back(presence_.on_telling(id, source, what, now()));
    ++open_;
    auto done = [this, tokens](error_code ec, presence_result const& result) {
        --open_;
        ++counts_[ec ? "not told" : "told"];
        std::vector<bool> good(tokens.size(), !ec);
        for (auto const& failure : result.failed)
            good[failure.index] = false;
        for (std::size_t i = 0; i < tokens.size(); ++i)
            presence_.on_told(tokens[i], now(), good[i], straggle());
    };
    auto& space = spaces_.at(by.number);
    online_options options;
    options.source = source;
    offline_options gone;
    gone.source = source;
    if (what == checkers::presence_checker::refresh)
        space.async_online(which, options, std::move(done));
    else if (what == checkers::presence_checker::offline)
        space.async_offline(which, gone, std::move(done));
    else
        space.async_set_status(which, static_cast<status>(what), options, std::move(done));
}

void presence_history::ask(process& by)
{
    ++open_;
    spaces_.at(by.number).async_status(ids(), [this, asked = now()](error_code ec, std::vector<presence_info> const& all) {
        --open_;
        if (ec)
            return;
        for (auto const& each : all)
            if (!each.error)
            {
                say("{} is {}", each.id, to_string(each.status));
                presence_.on_read(each.id, shown(each.status), asked, now());
                ++counts_["read"];
            }
    });
}

void presence_history::watch(process& by)
{
    bool const all = one_in(2);
    auto on_stream = [this, &by, all](error_code ec, presence_events events) {
        if (ec)
            return;
        readers_.push_back(std::make_shared<reader>(reader{++readers_made_, by.number, all, std::move(events)}));
        read(readers_.back());
    };
    if (all)
        spaces_.at(by.number).async_watch(std::move(on_stream));
    else
        spaces_.at(by.number).async_watch(ids(), std::move(on_stream));
}

void presence_history::read(std::shared_ptr<reader> const& one)
{
    one->events.async_next([this, one](error_code ec, std::optional<presence_change> const& change) {
        if (ec || !change || one->over)
            return;
        for (auto const& each : change->changes)
        {
            auto const since = each.since.time_since_epoch().count();
            say("reader {}: {} is {} since {}", one->number, each.id, to_string(each.status), since);
            // Who reads all keeps nobody who is away, so what was looked up may be told again by its event. And what is made good after
            // lost pushes or connections may be told twice.
            bool const may_repeat = change->resynced || plan_.pushes || plan_.network || plan_.failover ||
                                    (one->all && shown(each.status) == checkers::presence_checker::offline) ||
                                    presence_.may_have_returned(each.id, server.at(since));
            presence_.on_change(one->number, each.id, shown(each.status), since, may_repeat);
            ++counts_["changes"];
            if (shown(each.status) == checkers::presence_checker::offline)
                due_.happened(fmt::format("expiry: reader {} is told of {}", one->number, each.id), now());
        }
        read(one);
    });
}

void presence_history::change_party(process& by)
{
    auto const which = some();
    if (which.empty())
        return;
    bool const adds = one_in(2);
    std::vector<checkers::data_checker::token> tokens;
    for (auto const& id : which)
        tokens.push_back(parties_.on_write(id, adds ? std::optional{std::string{"in"}} : std::nullopt, now()));
    say("{} {} the party: {}", by.number, adds ? "adds to" : "removes from", fmt::join(which, ","));
    auto done = [this, tokens, number = by.number](error_code ec, std::uint64_t) {
        say("{} changed the party: {}", number, ec.message());
        for (auto const& each : tokens)
            parties_.on_written(each, now(), !ec, straggle());
    };
    if (adds)
        spaces_.at(by.number).async_party_add("p", which, std::move(done));
    else
        spaces_.at(by.number).async_party_remove("p", which, std::move(done));
}

void presence_history::ask_party(process& by)
{
    spaces_.at(by.number).async_party("p", [this, asked = now()](error_code ec, std::map<std::string, presence_info> const& party) {
        if (ec)
            return;
        ++counts_["parties"];
        say("party, asked for at {}: {}", checkers::seconds(asked) - 1000, fmt::join(std::views::keys(party), ","));
        for (auto const& id : ids())
            parties_.on_read(id, party.contains(id) ? std::optional{std::string{"in"}} : std::nullopt, asked, now());
    });
}

void presence_history::act()
{
    auto* const by = any_running();
    if (by == nullptr)
        return;
    auto const source = fmt::format("s{}", below(2));
    switch (below(10))
    {
    case 0:
    case 1:
    case 2: return tell(*by, some(), checkers::presence_checker::refresh, source);
    case 3: return tell(*by, some(), checkers::presence_checker::offline, source);
    case 4: return tell(*by, some(), 2 + static_cast<int>(below(4)), source);
    case 5: return readers_.size() < 12 ? watch(*by) : void();
    case 6: return change_party(*by);
    case 7: return ask_party(*by);
    default: return ask(*by);
    }
}

// Read by anybody, and told by every stream: what was told last.
void presence_history::check_told_last()
{
    auto& last = *processes.back();
    tell(last, ids(), checkers::presence_checker::offline, "s0");
    tell(last, ids(), checkers::presence_checker::offline, "s1");
    require_soon(10s, "presence: must be told", [this] { return open_ == 0; });
    for (int i = 0; i < 3; ++i)
    {
        tell(last, some(), 2 + static_cast<int>(below(4)), fmt::format("s{}", below(2)));
        require_soon(10s, "presence: must be told", [this] { return open_ == 0; });
    }
    ask(*processes.front());
    require_soon(10s, "presence: must be answered", [this] { return open_ == 0; });
    run_for(server.exact() ? 200ms : 1s);  // shorter than anything that was told lasts
    std::optional<std::vector<presence_info>> all;
    spaces_.at(last.number).async_status(ids(), [&](error_code, std::vector<presence_info> infos) { all = std::move(infos); });
    require_soon(10s, "presence: must be answered", [&] { return all.has_value(); });
    for (auto const& each : *all)
        presence_.require_all_know(each.id, shown(each.status));
}

// Nobody is told of a refresh.
void presence_history::check_refreshes()
{
    auto& last = *processes.back();
    tell(last, ids(), checkers::presence_checker::refresh, "s0");
    require_soon(10s, "presence: must be told", [this] { return open_ == 0; });
    run_for(100ms);
    auto const before = revisions_;
    for (int i = 0; i < 3; ++i)
    {
        tell(*processes.front(), ids(), checkers::presence_checker::refresh, "s0");
        run_for(200ms);
    }
    if (revisions_ != before)
        throw violation{"presence: a refresh is told of"};
}

// Whoever is told of no more is offline for every stream, within 100 ms.
void presence_history::check_expiry()
{
    auto& last = *processes.back();
    tell(last, ids(), checkers::presence_checker::refresh, "s0");
    require_soon(10s, "presence: must be told", [this] { return open_ == 0; });
    for (auto const& one : readers_)
        for (auto const& id : ids())
            due_.expect(fmt::format("expiry: reader {} is told of {}", one->number, id), now() + ttl_ + 100ms + server.slack());
    run_for(3s + 200ms + spare(), [this] {
        due_.look(now());
        return false;
    });
    due_.look(now());
    for (auto const& id : ids())
        presence_.require_all_know(id, checkers::presence_checker::offline);
}

void presence_history::come_to_rest()
{
    run_for(30s + spare());  // late tries, and the ends of what was told, are over
    open_ = 0;               // of those who were killed
    check_told_last();
    run_for(4s + spare());
    check_refreshes();
    check_expiry();
    for (auto& [number, space] : spaces_)
        space.async_close([](error_code) {});
    run_for(1s + spare());
}

}  // namespace

counts run_presence(setting const& how)
{
    return presence_history{how}.run();
}

}  // namespace coterie::simulation
