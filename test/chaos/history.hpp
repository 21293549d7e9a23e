// The journals of all processes, merged by time.
#ifndef COTERIE_TEST_CHAOS_HISTORY_HPP
#define COTERIE_TEST_CHAOS_HISTORY_HPP

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace coterie::chaos {

using std::chrono::nanoseconds;

struct entry
{
    nanoseconds time{};
    int process = 0;  // 0: the director
    std::string text;
};

class history
{
public:
    explicit history(std::filesystem::path const& folder);

    std::vector<entry> const& entries() const { return entries_; }

    // The lines about this one, to be read by whoever looks for what went wrong.
    std::string around(std::size_t index) const;

    void save(std::filesystem::path const&) const;

private:
    std::string line(entry const&) const;

    std::vector<entry> entries_;
};

}  // namespace coterie::chaos

#endif
