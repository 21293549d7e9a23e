#include "store_text.hpp"

#include <sstream>
#include <utility>

namespace coterie::simulation {

// "member NAME SESSION JOINED = 0,VALUE"; the name of a role begins with a control character.
checkers::membership members_in(std::string_view dump)
{
    checkers::membership result;
    std::map<std::string, std::pair<std::string, std::string>> newest;
    std::istringstream lines{std::string{dump}};
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream words{line};
        std::string kind, name, session, joined, equals, value;
        words >> kind >> name >> session >> joined >> equals >> value;
        if (kind != "member" || name[0] < ' ')
            continue;
        auto const rank = std::pair{joined, session};
        if (auto& known = newest[name]; known <= rank)
        {
            known = rank;
            result[name] = value.starts_with("0,") ? value.substr(2) : value;
        }
    }
    return result;
}

// "lock NAME x SESSION FENCE OWNER 0", "place SESSION NUMBER granted FENCE FENCES OWNER NAMES"
bool is_held_under(std::string_view dump, std::uint64_t fence)
{
    std::istringstream lines{std::string{dump}};
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream words{line};
        std::string kind, session, number, state;
        std::uint64_t first = 0;
        std::uint64_t how_many = 0;
        words >> kind >> session >> number >> state >> first >> how_many;
        if (kind == "place" && state == "granted" && first <= fence && fence < first + how_many)
            return true;
        if (kind == "lock" && line.find(" " + std::to_string(fence) + " ") != std::string::npos)
            return true;
    }
    return false;
}

}  // namespace coterie::simulation
