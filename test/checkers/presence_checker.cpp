#include "presence_checker.hpp"

#include <fmt/format.h>

#include <charconv>

namespace coterie::checkers {

namespace {

int number(std::string const& text)
{
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
}

constexpr int online = 5;

}  // namespace

presence_checker::token presence_checker::on_telling(std::string const& id, std::string const& source, int what, moment asked)
{
    return {{id, source}, logs_[id][source].begin(std::to_string(what), asked)};
}

void presence_checker::on_told(token const& which, moment at, bool success, moment straggle)
{
    logs_[which.whose.first][which.whose.second].end(which.which, at, success, straggle);
}

void presence_checker::on_lost(moment at, moment longer)
{
    for (auto& [id, sources] : logs_)
        for (auto& [source, log] : sources)
            log.on_lost(at, longer);
}

presence_checker::chance presence_checker::look(write_log const& log, int status, moment asked, moment answered) const
{
    chance result;
    auto const take = [&](int may_be) {
        result.just_so = result.just_so || may_be == status;
        result.at_most = result.at_most || may_be <= status;
    };
    for (auto const* each : log.possible(asked, answered, [](write const&) { return true; }))
    {
        auto const what = each != nullptr ? number(each->value) : offline;
        result.away = result.away || what == offline || each->answered > asked || each->asked + ttl_ - precision_ <= answered;
        if (what == offline || (each->last != moment::max() && each->last + ttl_ + precision_ <= asked))
            continue;
        if (what != refresh)
            take(what);
        else if (!result.just_so && status > offline)
            keep(log, *each, take);
    }
    return result;
}

// A refresh keeps what was told before; who was not there is online by it.
template <class Take>
void presence_checker::keep(write_log const& log, write const& by, Take take) const
{
    for (auto const* older : log.possible(by.asked, by.last, [](write const& each) { return number(each.value) != refresh; }))
    {
        bool const there = older != nullptr && number(older->value) > offline;
        if (there)
            take(number(older->value));
        if (!there || older->answered > by.asked || log.may_pause(*older, by, ttl_ - precision_))
            take(online);
    }
}

void presence_checker::on_read(std::string const& id, int status, moment asked, moment answered) const
{
    auto const known = logs_.find(id);
    bool there = false;
    bool possible = true;
    if (known != logs_.end())
        for (auto const& [source, log] : known->second)
        {
            auto const may = look(log, status, asked, answered);
            there = there || may.just_so;
            possible = possible && (may.away || (status > offline && may.at_most));
        }
    if (!possible || (status > offline && !there))
        throw violation{fmt::format("presence: {} was read as {} between {:.3f} and {:.3f}; that was told by nobody", id, status,
                                    seconds(asked), seconds(answered))};
}

void presence_checker::on_change(int reader, std::string const& id, int status, std::int64_t since, bool may_repeat)
{
    auto const now = std::pair{status, since};
    auto& all = since_[{id, since}];
    all.insert(status);
    auto const [known, added] = told_.try_emplace({reader, id}, now);
    if (!added && !may_repeat && all.size() == 1 && known->second == now)
        throw violation{fmt::format("presence: reader {} is told again that {} is {} since {}", reader, id, status, since)};
    known->second = now;
}

bool presence_checker::may_have_returned(std::string const& id, moment at) const
{
    std::size_t at_work = 0;
    if (auto const known = logs_.find(id); known != logs_.end())
        for (auto const& [source, log] : known->second)
            at_work += log.at_work(at, precision_);
    return at_work >= 3;  // to this, to something else, and back
}

void presence_checker::forget(int reader)
{
    std::erase_if(told_, [&](auto const& each) { return each.first.first == reader; });
}

void presence_checker::require_all_know(std::string const& id, int status) const
{
    for (auto const& [whose, told] : told_)
        if (whose.second == id && told.first != status)
            throw violation{fmt::format("presence: reader {} was told last that {} is {}, it is {}", whose.first, id, told.first, status)};
}

}  // namespace coterie::checkers
