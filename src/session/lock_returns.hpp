// What has to go back to the store: claims that nobody here believes in any more, and acquisitions of which it is not known whether
// they came about. Whoever gives back under the turn of a lock (see turnstile.hpp) keeps it until the store has agreed.
#ifndef COTERIE_SRC_SESSION_LOCK_RETURNS_HPP
#define COTERIE_SRC_SESSION_LOCK_RETURNS_HPP

#include "session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coterie::session {

class lock_returns
{
public:
    lock_returns(hub& shared, session& owner) : hub_{shared}, session_{owner} {}

    // Ends when the store has agreed, or the connector was closed. `asking` may be null; he hears the first error at once. False: the
    // store had another claim.
    task<outcome<bool>> give_back(store::claim, std::shared_ptr<caller_base> asking);

    // A lock with a term may have been granted to an earlier session of this connector, whose reply was lost. True: so it was, and
    // it is free now.
    task<bool> give_back_orphan(std::string name, std::string owner);

    // Lost here, while the session may live on in the store: given back when it resumes.
    void lose(store::claim const& claim) { strays_.push_back(claim); }
    void on_session_lost() { strays_.clear(); }
    task<error_code> give_back_strays(std::string const& group);

    // Terms outlive a session: what was not given back when the connector closed goes one by one. The rest ends with the session.
    void leave_behind(store::claim const& claim) { leftovers_.push_back(claim); }
    void leave_behind_unknown(std::string name, std::string owner) { unknown_.push_back({std::move(name), std::move(owner)}); }
    task<> close(std::string const& group, core::local_time until);

private:
    struct attempt
    {
        std::string name;
        std::string owner;
    };

    bool is_orphan(std::optional<store::claim> const& holder, std::string const& owner) const;
    task<std::optional<store::claim>> find_orphan(std::string const& group, attempt, core::local_time until);

    hub& hub_;
    session& session_;
    std::vector<store::claim> strays_;
    std::vector<store::claim> leftovers_;
    std::vector<attempt> unknown_;
};

}  // namespace coterie::session

#endif
