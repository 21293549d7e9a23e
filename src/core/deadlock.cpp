#include "deadlock.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

namespace coterie::core {
namespace {

// The shortest way from `start` back to who waits there: breadth first.
std::vector<wait> circle_from(std::vector<wait> const& waits, wait const& start)
{
    std::map<wait const*, wait const*> came_from{{&start, nullptr}};
    std::deque<wait const*> next{&start};
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
            for (auto const& further : waits)
                if (further.who == holder && came_from.try_emplace(&further, here).second)
                    next.push_back(&further);
        }
    }
    return {};
}

}  // namespace

std::vector<wait> find_circle(std::vector<wait> const& waits, std::string const& from)
{
    std::vector<wait> shortest;
    for (auto const& each : waits)
        if (each.lock == from)
            if (auto found = circle_from(waits, each); !found.empty() && (shortest.empty() || found.size() < shortest.size()))
                shortest = std::move(found);
    return shortest;
}

}  // namespace coterie::core
