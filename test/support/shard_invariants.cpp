#include "shard_invariants.hpp"

#include "record_reader.hpp"

#include <map>
#include <set>

namespace coterie::test {
namespace {

using strings = std::vector<std::string>;

// The members of `due` that an entry asks for; throws if it is none.
std::set<std::string> sources_of(std::string const& id, std::string const& entry)
{
    std::set<std::string> result;
    record_reader read{entry};
    if (read.bytes(1) != "h")
        throw std::out_of_range{"no entry"};
    read.number(13);
    auto const shown = read.bytes(1);
    read.counted();
    read.counted();
    std::string most = "1";
    while (!read.at_end())
    {
        most = std::max(most, read.bytes(1));
        result.insert(read.counted() + '\0' + id);
    }
    if (most != shown || result.empty())
        throw std::out_of_range{"not the most present source is shown"};
    return result;
}

}  // namespace

std::vector<std::string> broken_shard(resp_client& server, std::string const& prefix)
{
    strings broken;
    std::set<std::string> wanted;
    auto const here = server({"HGETALL", prefix + "here"}).texts();
    auto const gone = server({"HKEYS", prefix + "gone"}).texts();
    std::set<std::string> const traces{gone.begin(), gone.end()};
    for (std::size_t i = 0; i + 1 < here.size(); i += 2)
    {
        if (traces.contains(here[i]))
            broken.push_back(prefix + " here and gone: " + here[i]);
        try
        {
            wanted.merge(sources_of(here[i], here[i + 1]));
        }
        catch (std::out_of_range const& error)
        {
            broken.push_back(prefix + " " + here[i] + ": " + error.what());
        }
    }
    auto const due = server({"ZRANGE", prefix + "due", "0", "-1"}).texts();
    if (std::set<std::string>{due.begin(), due.end()} != wanted)
        broken.push_back(prefix + " due and here do not name the same sources");
    return broken;
}

}  // namespace coterie::test
