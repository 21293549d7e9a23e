#include "shard_state.hpp"

#include "../../core/limits.hpp"

#include <coterie/error.hpp>

#include <algorithm>

namespace coterie::store::memory {
namespace {

std::string member_of(std::string_view source, std::string_view id)
{
    std::string result{source};
    result += '\0';
    return result.append(id);
}

auto find_source(core::presence_entry& entry, std::string_view name)
{
    return std::ranges::find(entry.sources, name, &core::presence_source::name);
}

}  // namespace

outcome shard_state::apply(operation const& what, instant now, random_source const&)
{
    expire(now);
    instant_ = now;
    now_ = std::chrono::floor<std::chrono::milliseconds>(now);
    return std::visit(
        [this](auto const& one) -> outcome {
            if constexpr (requires { apply(one); })
                return apply(one);
            else
                return {make_error_code(errc::refused, "ERR not an operation of a presence space")};
        },
        what);
}

outcome shard_state::apply(appear const& what)
{
    outcome result;
    auto const span = what.ttl + what.how.linger;
    auto const deadline = now_ + span;
    auto const before = due_.next();
    begin(what.how, what.ids);
    auto const is_there = [&](std::string const& id) { return due_.find(member_of(what.source, id)).has_value(); };
    bool const changes = what.what || what.text || what.value || !std::ranges::all_of(what.ids, is_there);
    for (auto const& id : changes ? what.ids : std::vector<std::string>{})
    {
        auto& one = here_[id];
        if (one.shown == status::offline)
            one.since = now_;
        if (auto const source = find_source(one, what.source); source == one.sources.end())
            one.sources.push_back({what.what.value_or(status::online), what.source, deadline, {}});
        else
            source->what = what.what.value_or(source->what);
        if (std::erase_if(one.sources, [](auto const& each) { return each.name == core::lingering; }) != 0)
            due_.erase(member_of(core::lingering, id));
        one.text = what.text.value_or(one.text);
        one.value = what.value.value_or(one.value);
        settle(id, one, now_, now_, what.how);
    }
    for (auto const& id : what.ids)
        set_deadline(what.source, id, deadline);
    spans_[what.source] = {span, deadline};
    outlive(deadline + what.how.forget);
    auto const changed = finish(result.told);
    tell_of_deadline(before, deadline, result.told);
    result.answer = appear::reply{changed};
    return result;
}

outcome shard_state::apply(refresh const& what)
{
    outcome result;
    refresh::reply answer;
    auto const span = what.ttl + what.how.linger;
    auto const deadline = now_ + span;
    auto const before = due_.next();
    begin(what.how, what.ids);
    for (auto const& id : what.ids)
    {
        bool const there = due_.find(member_of(what.source, id)).has_value();
        answer.there.push_back(there);
        if (there)
            set_deadline(what.source, id, deadline);
    }
    finish(result.told);
    if (std::ranges::find(answer.there, true) != answer.there.end())
    {
        spans_[what.source] = {span, deadline};
        outlive(deadline + what.how.forget);
        tell_of_deadline(before, deadline, result.told);
    }
    result.answer = std::move(answer);
    return result;
}

outcome shard_state::apply(disappear const& what)
{
    outcome result;
    auto const before = due_.next();
    begin(what.how, what.ids);
    auto const later = now_ + what.how.linger;
    bool waits = false;
    for (auto const& id : what.ids)
    {
        auto const known = here_.find(id);
        if (known == here_.end())
            continue;
        auto& entry = known->second;
        auto const gone = std::erase_if(entry.sources, [&](auto const& each) {
            bool const goes = each.name != core::lingering && (!what.source || each.name == *what.source);
            if (goes)
                due_.erase(member_of(each.name, id));
            return goes;
        });
        if (gone == 0)
            continue;
        if (entry.sources.empty() && what.how.linger.count() > 0)
        {
            waits = true;
            entry.sources.push_back({entry.shown, std::string{core::lingering}, later, {}});
            due_.set(member_of(core::lingering, id), later);
        }
        settle(id, entry, now_, now_, what.how);
    }
    auto const changed = finish(result.told);
    if (waits)
    {
        outlive(later + what.how.forget);
        tell_of_deadline(before, later, result.told);
    }
    result.answer = disappear::reply{changed};
    return result;
}

outcome shard_state::apply(look_up const& what)
{
    look_up::reply answer{.last = events_.last(), .now = now_, .states = {}};
    for (auto const& id : what.ids)
    {
        auto& state = answer.states.emplace_back();
        if (auto const entry = here_.find(id); entry != here_.end())
            state = state_now(entry->second, what.how);
        else if (auto const trace = gone_.find(id); trace != gone_.end())
            state = core::state_of(trace->second, now_);
    }
    return {{}, std::move(answer)};
}

// The cursor is the last id answered.
outcome shard_state::apply(roll_call const& what)
{
    roll_call::reply page{.cursor = {}, .last = events_.last(), .now = now_, .states = {}};
    auto next = what.cursor.empty() ? here_.begin() : here_.upper_bound(what.cursor.substr(1));
    for (; next != here_.end() && page.states.size() < std::max<std::size_t>(what.limit, 1); ++next)
        page.states.emplace_back(next->first, state_now(next->second, what.how));
    if (next != here_.end())
        page.cursor = ">" + page.states.back().first;
    return {{}, std::move(page)};
}

outcome shard_state::apply(lapse const& what)
{
    outcome result;
    bool const more = end_due(what.how, lapse::most);
    auto const changed = finish(result.told);
    if (!more)  // a source whose last word is over has no entries any more
        std::erase_if(spans_, [this](auto const& each) { return each.second.until <= now_; });
    std::erase_if(gone_, [this](auto const& each) { return each.second.forgotten <= now_; });
    result.answer = lapse::reply{now_, due_.next(), 0, events_.last(), changed};
    return result;
}

outcome shard_state::apply(head_count const& what)
{
    outcome result;
    bool const more = end_due(what.how, lapse::most);
    finish(result.told);
    result.answer = head_count::reply{here_.size(), more};
    return result;
}

outcome shard_state::apply(change_party const& what)
{
    change_party::reply answer;
    auto& party = parties_[what.name];
    for (auto const& id : what.add)
        answer.changed += party.insert(id).second ? 1 : 0;
    for (auto const& id : what.remove)
        answer.changed += party.erase(id);
    if (party.empty())
        parties_.erase(what.name);
    return {{}, answer};
}

outcome shard_state::apply(read_party const& what)
{
    read_party::reply answer;
    if (!what.foreign_key.empty())
        return {make_error_code(errc::refused, "ERR a store in memory has no keys of others")};
    if (auto const known = parties_.find(what.name); known != parties_.end())
        answer.ids.assign(known->second.begin(), known->second.end());
    if (answer.ids.size() > read_party::most)
        return {make_error_code(errc::refused, "ERR a party has " + std::to_string(read_party::most) + " ids at most")};
    return {{}, std::move(answer)};
}

outcome shard_state::apply(history const& what)
{
    return {{}, events_.since(what)};
}

// Those whose time is over, the earliest first. True: there may be more.
bool shard_state::end_due(presence_tempo const& how, std::size_t most)
{
    std::vector<std::pair<server_time, std::string>> due;
    for (auto const& [deadline, member] : due_.order())
    {
        if (now_ < deadline || due.size() == most)
            break;
        due.emplace_back(deadline, member);
    }
    for (auto const& [deadline, member] : due)
        end_source(how, member, deadline);
    return due.size() == most;
}

// Announces who is gone before anything else is done; of these ids all, so that nobody comes back who was not announced.
void shard_state::begin(presence_tempo const& how, std::vector<std::string> const& ids)
{
    if (!end_due(how, lapse::most))
        return;
    std::multimap<server_time, std::string> due;  // of one time: in the order of the ids
    for (auto const& id : ids)
        if (auto const one = here_.find(id); one != here_.end())
            for (auto const& source : one->second.sources)
                if (source.deadline <= now_)
                    due.emplace(source.deadline, member_of(source.name, id));
    for (auto const& [deadline, member] : due)
        end_source(how, member, deadline);
}

void shard_state::set_deadline(std::string const& source, std::string const& id, server_time deadline)
{
    due_.set(member_of(source, id), deadline);
    if (auto const one = here_.find(id); one != here_.end())
        if (auto const known = find_source(one->second, source); known != one->second.sources.end())
            known->deadline = deadline;
}

// Those who wait for the next one to lapse may know only of later ones.
void shard_state::tell_of_deadline(std::optional<server_time> before, server_time deadline, std::vector<push>& told)
{
    if (!before || deadline < *before)
        told.emplace_back(core::event{});
}

void shard_state::end_source(presence_tempo const& how, std::string const& member, server_time deadline)
{
    due_.erase(member);
    auto const cut = member.find('\0');
    auto const name = member.substr(0, cut);
    auto const id = member.substr(cut + 1);
    auto const known = here_.find(id);
    if (known == here_.end())
        return;
    auto& entry = known->second;
    if (std::erase_if(entry.sources, [&](auto const& each) { return each.name == name; }) == 0)
        return;
    settle(id, entry, entry.sources.empty() ? deadline - how.linger : deadline, deadline - span_of(name, how), how);
}

// Notes what has become of an id at the time `since`; `seen` is when it was seen last.
void shard_state::settle(std::string const& id, present& of, server_time since, server_time seen, presence_tempo const& how)
{
    auto most = status::offline;
    for (auto const& source : of.sources)
        most = std::max(most, source.what);
    if (most != of.shown || of.text != of.told_text || of.value != of.told_value)
    {
        if (most != of.shown)
            of.since = since;
        of.shown = most;
        of.told_text = of.text;
        of.told_value = of.value;
        changes_.push_back({core::change_kind::updated, core::to_record(id, {most, of.since, seen, {}, of.text, of.value})});
    }
    gone_.erase(id);
    if (most != status::offline)
        return;
    gone_[id] = {of.since, seen, of.since + how.forget, of.text, of.value};
    remember_until_ = std::max(remember_until_, now_ + how.forget);
    here_.erase(id);
}

std::size_t shard_state::finish(std::vector<push>& told)
{
    auto const changed = changes_.size();
    for (auto& event : events_.add_all(std::exchange(changes_, {}), instant_))
        told.emplace_back(std::move(event));
    return changed;
}

core::presence_state shard_state::state_now(core::presence_entry entry, presence_tempo const& how) const
{
    for (auto& source : entry.sources)
        source.span = span_of(source.name, how);
    return core::state_of(entry, now_, how.linger, how.forget);
}

std::chrono::milliseconds shard_state::span_of(std::string const& source, presence_tempo const& how) const
{
    auto const known = spans_.find(source);
    return source == core::lingering || known == spans_.end() ? how.linger : known->second.span;
}

void shard_state::outlive(server_time deadline)
{
    keep_until_ = std::max(keep_until_, deadline + linger);
}

void shard_state::expire(instant now)
{
    if (now >= remember_until_)
        gone_.clear();
    if (now < keep_until_)
        return;
    due_.clear();
    here_.clear();
    spans_.clear();
    events_.clear();
}

bool shard_state::empty() const noexcept
{
    return !holds_anything() && due_.empty() && events_.empty();
}

std::string shard_state::dump() const
{
    std::string out;
    for (auto const& [id, entry] : here_)
        out += "here " + id + " " + std::string{to_string(entry.shown)} + "\n";
    for (auto const& [id, trace] : gone_)
        out += "gone " + id + "\n";
    for (auto const& [name, ids] : parties_)
        for (auto const& id : ids)
            out += "party " + name + " " + id + "\n";
    return out;
}

}  // namespace coterie::store::memory
