// A member of a group, and a change of the membership.
#ifndef COTERIE_MEMBER_HPP
#define COTERIE_MEMBER_HPP

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

struct member
{
    std::string group;
    std::string name;
    std::string value;
    std::vector<std::string> tags;
    std::chrono::system_clock::time_point joined_at;  // by the store's clock, to the millisecond

    // /<group>/members/<name>
    std::string path() const { return "/" + group + "/members/" + name; }

    bool operator==(member const&) const = default;
};

// One step of the membership. A name stands in at most one of the three lists; each list is sorted.
struct member_change
{
    std::uint64_t revision = 0;  // the membership is that of this revision when the step is done; 0: nobody is left, all is forgotten
    std::vector<std::string> joined;
    std::vector<std::string> left;
    std::vector<std::string> updated;  // members with another value or other tags than before

    // History did not reach back, so this step is the difference to what the stream said before. In the first change of a
    // stream (watch_options::from_revision): to nothing; forget what you knew.
    bool resynced = false;

    std::vector<member> records;  // the members in `joined` and `updated`, sorted by name

    // The record of a member that joined or was updated; null for any other name.
    member const* find(std::string_view name) const;
};

}  // namespace coterie

#endif
