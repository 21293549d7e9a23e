// Small data: values that stay, that last for a term, and that die with their owner; read and listed by everybody.
#include "test/checkers/data_checker.hpp"
#include "test/simulation/programs.hpp"

#include <algorithm>
#include <list>

namespace coterie::simulation {
namespace {

using checkers::data_checker;

class data_history : public history
{
public:
    explicit data_history(setting const& how) : history{how}, data_{2ms + how.where.slack()} { server.late_arrivals = false; }

private:
    struct writing
    {
        process* by;
        data_checker::token what;
    };

    void act() override;
    void on_over(process&, bool killed) override;
    void on_trouble(trouble) override;
    void come_to_rest() override;

    void put(process&, std::string const& path, lifetime);
    void erase(process&, std::string const& path);
    std::list<writing>::iterator begin_write(process&, data_checker::token);
    void end_write(std::list<writing>::iterator, error_code);
    void read(process&, std::string const& path);
    void list(process&);
    bool may_vanish(std::string const& path) const;
    std::vector<std::string> paths() const;

    static std::string own_path(int process) { return fmt::format("own-{}", process); }

    // A late try of it may still come.
    moment straggle() const { return plan_.network ? paced(14s) : 0ms; }

    data_checker data_;
    std::list<writing> writings_;
    int newest_ = 0;  // process
    int values_ = 0;
    bool at_rest_ = false;
};

// With those of owners that are dead.
std::vector<std::string> data_history::paths() const
{
    std::vector<std::string> result{"kept-0", "kept-1", "brief-0", "brief-1"};
    for (int i = 1; i <= newest_; ++i)
        result.push_back(own_path(i));
    return result;
}

// His session may have ended: he puts it again when he has another. (Not if the clock went forth and back meanwhile: then the old session seems to
// live, and what it has to be somebody else's.)
bool data_history::may_vanish(std::string const& path) const
{
    return path.starts_with("own") && (plan_.clock || (!at_rest_ && (plan_.network || plan_.crashes || plan_.data || plan_.failover)));
}

std::list<data_history::writing>::iterator data_history::begin_write(process& by, data_checker::token what)
{
    return writings_.insert(writings_.end(), {&by, std::move(what)});
}

void data_history::end_write(std::list<writing>::iterator which, error_code ec)
{
    if (ec)
        say("{} did not write {}: {}", which->by->number, which->what.path, ec.message());
    if (ec == errc::not_connected)
        data_.on_not_written(which->what);
    else  // (A cancelled one may not have left a process that stands still, and leave it later.)
        data_.on_written(which->what, now(), !ec, ec == asio::error::operation_aborted && plan_.crashes ? moment{1h} : straggle());
    writings_.erase(which);
    ++counts_[ec ? "failed writes" : "writes"];
}

void data_history::put(process& by, std::string const& path, lifetime life)
{
    auto const value = std::to_string(++values_);
    bool const is_brief = life.kind == lifetime::kind_type::term;
    say("{} puts {}={}{}", by.number, path, value, is_brief ? fmt::format(" for {}", life.term.count()) : "");
    auto const token = begin_write(by, data_.on_write(path, value, now(), is_brief ? moment{life.term} : moment::max()));
    put_options options;
    options.lifetime = life;
    by.group->async_put(path, value, options, cancellable([this, token](error_code ec) { end_write(token, ec); }));
}

void data_history::erase(process& by, std::string const& path)
{
    say("{} erases {}", by.number, path);
    auto const token = begin_write(by, data_.on_write(path, std::nullopt, now()));
    by.group->async_erase(path, cancellable([this, token](error_code ec, bool) { end_write(token, ec); }));
}

void data_history::read(process& by, std::string const& path)
{
    by.group->async_get(path, [this, path, number = by.number, asked = now()](error_code ec, std::optional<std::string> const& value) {
        if (ec)
            return;
        say("{} reads {}={}", number, path, value.value_or("nothing"));
        if (value || !may_vanish(path))
            data_.on_read(path, value, asked, now());
        ++counts_["reads"];
    });
}

void data_history::list(process& by)
{
    by.group->async_list("*", [this, all = paths(), asked = now()](error_code ec, std::vector<std::string> const& listed) {
        if (ec)
            return;
        for (auto const& path : all)
            if (bool const named = std::ranges::find(listed, path) != listed.end(); named || !may_vanish(path))
                data_.on_listed(path, named, asked, now());
        ++counts_["lists"];
    });
}

void data_history::act()
{
    auto* const by = any_running();
    if (by == nullptr)
        return;
    newest_ = std::max(newest_, by->number);
    auto const kept = fmt::format("kept-{}", below(2));
    auto const brief = fmt::format("brief-{}", below(2));
    auto const own = own_path(by->number);
    auto const all = paths();
    switch (below(13))
    {
    case 0: return put(*by, kept, persistent);
    case 1: return erase(*by, kept);
    case 2: return put(*by, brief, paced(1ms + up_to(8s)));
    case 3: return one_in(3) ? erase(*by, brief) : put(*by, brief, persistent);
    case 4:
    case 5: return put(*by, own, ephemeral);
    case 6: return one_in(2) ? erase(*by, own) : put(*by, own, paced(1ms + up_to(8s)));
    case 7: return list(*by);
    case 8: return cancel_one();
    default: return read(*by, all[below(all.size())]);
    }
}

// What was his alone is erased within his ttl (7.5 s), after what still renews it, at the latest.
void data_history::on_over(process& which, bool killed)
{
    auto const own = own_path(which.number);
    for (auto each = writings_.begin(); killed && each != writings_.end();)
        if (auto const one = each++; one->by == &which)
            end_write(one, asio::error::operation_aborted);
    auto const end = data_.on_write(own, std::nullopt, now());
    data_.on_written(end, now() + (plan_.clock ? moment{1h} : paced(30s) + straggle()), true, 0ms);
}

void data_history::on_trouble(trouble what)
{
    if (what == trouble::failover || what == trouble::lost_data)
        data_.on_lost(now());
    if (what == trouble::clock_step)
        data_.on_clock_step(paced(10s));
}

void data_history::come_to_rest()
{
    run_for(40s + spare());
    at_rest_ = true;
    auto& one = *processes.front();
    auto const answers = [this] { return counts_["reads"] + counts_["lists"]; };
    auto const all = paths();
    auto const wanted = answers() + all.size() + 1;
    for (auto const& path : all)
        read(one, path);
    list(one);
    require_soon(10s, "data: must be answered", [&] { return answers() == wanted; });
    for (auto const& path : all)
        erase(one, path);
    require_soon(10s, "data: must be erased", [&] { return std::ranges::find(writings_, &one, &writing::by) == writings_.end(); });
}

}  // namespace

counts run_data(setting const& how)
{
    return data_history{how}.run();
}

}  // namespace coterie::simulation
