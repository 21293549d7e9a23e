// Who is a member, as of a revision: records and events folded. One name may have several records (one a session that joined it);
// the youngest one is shown, and the name is a member while it has any. Every reader folds the same events, so all see the same.
#ifndef COTERIE_SRC_CORE_ROSTER_HPP
#define COTERIE_SRC_CORE_ROSTER_HPP

#include "event.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::core {

// What a change of the records means to a reader who thinks in names.
struct name_change
{
    change_kind kind = change_kind::joined;
    record member;             // what is shown now; for `left`: what was shown last
    std::string value_before;  // for `updated` and `left`

    bool operator==(name_change const&) const = default;
};

// All of one step: of one event, of one snapshot, or of several merged.
struct delta
{
    revision at = 0;                   // the membership is that of this revision when the step is done
    bool resynced = false;             // made by comparing with a snapshot, because history was not there
    std::vector<name_change> changes;  // at most one a name, by name

    bool empty() const { return changes.empty() && !resynced; }
};

class roster
{
public:
    enum class applied
    {
        yes,
        duplicate,
        gap,  // events are missing in between; nothing was changed
    };

    roster() = default;
    // `dead`: sessions whose members do not count any more, though their leaving has not been announced yet.
    roster(revision at, std::vector<record> records, std::set<session_id> const& dead = {});

    applied apply(event const&, delta& out);

    // Puts a newer snapshot in the place of what is here; the difference is the answer, marked as resynced.
    delta reset(roster snapshot);

    // As it was at an earlier revision, given all events since then, as far as they tell: names are right, and replaying the events
    // leads back here. Values that changed since, or went with their member, are not known any more.
    roster rewound(revision to, std::vector<event> const& since) const;

    // Everybody, as a reader sees it who knows nobody yet.
    delta from_nothing() const;

    revision at() const { return at_; }

    // False: somebody is missing whose leaving will still be announced; so earlier events do not lead here.
    bool whole() const { return unannounced_.empty(); }

    std::size_t size() const { return names_.size(); }
    record const* find(std::string_view name) const;

    template <class Function>
    void for_each(Function&& function) const
    {
        for (auto const& [name, records] : names_)
            function(shown(records));
    }

private:
    using records_of_name = std::vector<record>;  // the youngest last

    static record const& shown(records_of_name const& records) { return records.back(); }
    static void put(records_of_name&, record);
    void put(record);
    void remove(std::string const& name, session_id const&);

    revision at_ = 0;
    std::set<std::pair<std::string, session_id>> unannounced_;  // left out as dead
    std::map<std::string, records_of_name, std::less<>> names_;
};

// What differs between two memberships, by name.
std::vector<name_change> difference(roster const& before, roster const& after);

}  // namespace coterie::core

#endif
