// The members this connector wants to be in the group: joins, leaves and updates them, and joins them again when the session was lost.
#ifndef COTERIE_SRC_SESSION_MEMBER_TABLE_HPP
#define COTERIE_SRC_SESSION_MEMBER_TABLE_HPP

#include "session.hpp"
#include "together.hpp"
#include "turnstile.hpp"

#include "../core/member_value.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class member_table
{
public:
    using event_sink = std::function<void(core::event const&)>;

    member_table(hub& shared, session& owner, event_sink sink)
        : hub_{shared}
        , session_{owner}
        , sink_{std::move(sink)}
        , turns_{shared.strand(), shared.time()}
        , joins_{shared, owner}
        , leaves_{shared, owner}
        , answered_{shared.strand(), shared.time()}
    {
    }

    task<> join(std::string name, core::member_value value, std::shared_ptr<caller<>> asking);
    task<> leave(std::string name, std::shared_ptr<caller<bool>> asking);
    task<> update(std::string name, std::string value, std::shared_ptr<caller<bool>> asking);

    // One try: of the names that the store has under this session those that nobody here wants.
    task<error_code> leave_unknown(std::string group, store::caller who, std::vector<std::string> names);

    // Everybody is to be joined again; who is there already will not change.
    void begin_restoring(store::session_id const&);
    bool is_restoring() const { return missing_from_.has_value(); }
    void stop_restoring() { missing_from_.reset(); }

    // Goes on with it. Whom the store refuses then, and who is left at `until`, is tried again the next time. An error: the session needs
    // another look before the rest.
    task<error_code> restore(std::string const& group, store::caller who, core::local_time until);

private:
    task<> give_back(std::string name, std::optional<std::string> before);
    void want(std::string const& name, std::optional<std::string> const& value);
    void report(std::optional<core::event> const& event);
    bool is_missing(std::string const& name) const;  // of those who are wanted: he is joined again a little later, with what is wanted then
    void restore_again();

    // What is wanted changes only when no batch of a restore is under way, which could arrive late.
    task<> batch_answered();

    hub& hub_;
    session& session_;
    event_sink sink_;
    turnstile turns_;
    together<store::join> joins_;
    together<store::leave> leaves_;
    core::revision reported_ = 0;                             // by those who went together, one after the other: once is enough
    std::map<std::string, std::string, std::less<>> wanted_;  // name -> packed value
    store::session_id session_of_all_;                        // that has them all, but for
    std::optional<std::string> missing_from_{};               // those from this name on,
    bool from_the_start_ = false;                             // and then perhaps the others
    bool batch_under_way_ = false;
    signal answered_;
};

}  // namespace coterie::session

#endif
