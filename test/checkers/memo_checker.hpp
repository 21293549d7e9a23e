// What must be true of memoised results: nobody gets what was outdated when he asked, and one generates at a time while nothing
// is disturbed.
#ifndef COTERIE_TEST_CHECKERS_MEMO_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_MEMO_CHECKER_HPP

#include "violation.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace coterie::checkers {

class memo_checker
{
public:
    // `patience`: how old a result may be: that of a local cache (memo_config::local_ttl), else 0.
    explicit memo_checker(moment patience) : patience_{patience} {}

    // The truth of an id has this version (they grow), and everybody should know since then: when the invalidation that followed ended.
    void on_changed(std::string const& id, int version, moment at) { known_[id].emplace_back(at, version); }

    // A replica without the newest writes took over: invalidations may be lost with them.
    void on_failover() { known_.clear(); }  // (so tell no more of those that began before)

    // The oldest version that may be given to who asks now.
    int oldest(std::string const& id, moment asked) const
    {
        int result = 0;
        if (auto const known = known_.find(id); known != known_.end())
            for (auto const& [since, version] : known->second)
                if (since < asked - patience_)
                    result = std::max(result, version);
        return result;
    }

    // `newest`: the truth by now.
    void on_got(std::string const& id, int version, moment asked, int newest) const
    {
        auto const allowed = oldest(id, asked);
        if (version < allowed || version > newest)
            throw violation{"memo: version " + std::to_string(version) + " of " + id + " was given, and it was " + std::to_string(allowed) +
                            " when he asked, " + std::to_string(newest) + " is the newest"};
    }

    // A generator begins or ends. `alone`: it must be the only one of its id: nothing was disturbed, stored or invalidated since the others began.
    void on_begun(std::string const& id, bool alone)
    {
        if (running_[id]++ > 0 && alone)
            throw violation{"memo: " + id + " is generated twice at a time"};
    }
    void on_ended(std::string const& id) { --running_[id]; }

private:
    moment patience_;
    std::map<std::string, std::vector<std::pair<moment, int>>> known_;
    std::map<std::string, int> running_;
};

}  // namespace coterie::checkers

#endif
