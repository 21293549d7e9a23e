#include "deadlock.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace coterie::core {
namespace {

// The shortest way from `start` back to who waits there: breadth first.
using waits_of_party = std::map<party, std::vector<wait const*>>;

std::vector<wait> circle_from(waits_of_party const& waits, wait const& start)
{
    std::map<wait const*, wait const*> came_from{{&start, nullptr}};
    std::deque<wait const*> next{&start};
    std::set<party> seen;
    while (!next.empty())
    {
        auto const* const here = next.front();
        next.pop_front();
        for (auto const& holder : here->holders)
        {
            if (holder == here->who)
                continue;
            if (holder == start.who)
            {
                std::vector<wait> result;
                for (auto const* step = here; step != nullptr; step = came_from.at(step))
                    result.push_back(*step);
                std::ranges::reverse(result);
                return result;
            }
            auto const known = waits.find(holder);
            if (known == waits.end() || !seen.insert(holder).second)
                continue;
            for (auto const* further : known->second)
                if (came_from.try_emplace(further, here).second)
                    next.push_back(further);
        }
    }
    return {};
}

}  // namespace

std::vector<wait> find_circle(std::vector<wait> const& waits, std::string const& from)
{
    waits_of_party by_party;
    for (auto const& each : waits)
        by_party[each.who].push_back(&each);
    std::vector<wait> shortest;
    std::set<party> tried;
    for (auto const& each : waits)
        if (each.lock == from && tried.insert(each.who).second)
            if (auto found = circle_from(by_party, each); !found.empty() && (shortest.empty() || found.size() < shortest.size()))
                shortest = std::move(found);
    return shortest;
}

}  // namespace coterie::core
