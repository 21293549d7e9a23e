#include "review.hpp"

#include "settings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace coterie::chaos {

using checkers::violation;

std::map<std::string, std::size_t> review(history const& all, std::optional<std::vector<std::string>> const& views)
{
    std::array const reviewers{review_locks(all), review_members(all, false), review_members(all, true),
                               review_leaders(),  review_presence(),          review_results()};
    std::map<std::string, std::size_t> counts;
    auto const& entries = all.entries();
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        auto const read = words_of(entries[i].text);
        ++counts[std::string{read.at(0)}];
        try
        {
            for (auto const& each : reviewers)
                each->read(entries[i], read);
        }
        catch (violation const& broken)
        {
            throw violation{broken.what() + std::string{"\n"} + all.around(i)};
        }
    }
    if (views)
        review_rest(all, *views);
    return counts;
}

// Members as names (of a name that several have joined, the value is that of any), presence with the status.
void review_rest(history const& all, std::vector<std::string> const& views)
{
    std::map<std::string, std::set<std::string>> told;
    std::map<std::string, std::set<std::string>> seen;
    for (auto const& one : all.entries())
        if (auto const read = words_of(one.text); read.at(0) == "stays")
            told[std::string{read.at(1)}].insert(std::string{read.at(2)});
    for (auto const& one : views)
    {
        auto const read = words_of(one);
        auto& here = seen[std::string{read.at(0)}];
        if (read.size() > 1)
            for (auto const& each : list_in(read[1]))
                here.insert(read[0] == "members" ? pair_in(each).first : each);
    }
    std::erase_if(seen["presence"], [](auto const& each) { return is_shared(pair_in(each).first); });
    std::erase_if(told["presence"], [](auto const& each) { return each.ends_with("=1"); });  // who is offline is not in a view
    for (auto const* topic : {"members", "presence"})
        if (told[topic] != seen[topic])
        {
            std::string differences;
            std::set<std::string> either;
            std::ranges::set_symmetric_difference(told[topic], seen[topic], std::inserter(either, either.end()));
            for (auto const& each : either)
                differences += (told[topic].contains(each) ? " told, not seen: " : " seen, not told: ") + each;
            throw violation{"when all rest, " + std::string{topic} + " are not those who were told:" + differences};
        }
    if (seen["leader"] != std::set<std::string>{"nobody"})
        throw violation{"when all rest, somebody leads"};
}

}  // namespace coterie::chaos
