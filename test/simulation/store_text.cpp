#include "store_text.hpp"

#include <functional>
#include <sstream>
#include <utility>

namespace coterie::simulation {

// "member NAME SESSION JOINED = 0,VALUE"; the name of a role begins with a control character.
checkers::member_records members_in(std::string_view dump)
{
    using ranked = std::multimap<std::pair<std::string, std::string>, checkers::member_record, std::greater<>>;
    std::map<std::string, ranked> found;
    std::istringstream lines{std::string{dump}};
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream words{line};
        std::string kind, name, session, joined, equals, value;
        words >> kind >> name >> session >> joined >> equals >> value;
        if (kind == "member" && name[0] >= ' ')
            found[name].emplace(std::pair{joined, session},
                                checkers::member_record{value.starts_with("0,") ? value.substr(2) : value, session});
    }
    checkers::member_records result;
    for (auto const& [name, records] : found)
        for (auto const& [rank, each] : records)
            result[name].push_back(each);
    return result;
}

// "lease SESSION until TIME"
std::map<std::string, std::int64_t> leases_in(std::string_view dump)
{
    std::map<std::string, std::int64_t> result;
    std::istringstream lines{std::string{dump}};
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream words{line};
        std::string kind, session, until;
        std::int64_t time = 0;
        words >> kind >> session >> until >> time;
        if (kind == "lease")
            result[session] = time;
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
