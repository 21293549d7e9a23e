// What has to go back to the store: claims that nobody here believes in any more, and places of which it is not known what has become.
#ifndef COTERIE_SRC_SESSION_LOCK_RETURNS_HPP
#define COTERIE_SRC_SESSION_LOCK_RETURNS_HPP

#include "session.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace coterie::session {

class lock_returns
{
public:
    lock_returns(hub& shared, session& owner) : hub_{shared}, session_{owner} {}

    // Ends when the store has agreed, or the connector was closed. `asking` may be null; he hears the first error at once. False: the
    // store had another claim.
    task<outcome<bool>> give_back(store::claim, std::shared_ptr<caller_base> asking);

    // A place of the session of the moment, waiting or granted.
    task<> withdraw(std::uint64_t place);

    // The same of the sessions before it: what they were granted for a term would outlive them. True: one of them was.
    task<bool> withdraw_past(std::uint64_t place);

    // One try, whatever the state of the session.
    task<error_code> give_back_once(store::claim);

    // Terms outlive a session: what was not given back when the connector closed goes one by one. The rest ends with the session.
    void leave_behind(store::claim const&);
    void leave_behind_place(std::uint64_t place);
    task<> close(std::string const& group, core::local_time until);

private:
    struct leftover
    {
        store::session_id session;
        std::uint64_t place = 0;
    };

    store::withdraw withdrawal(store::session_id const&, std::uint64_t place) const;

    hub& hub_;
    session& session_;
    std::vector<leftover> leftovers_;
};

}  // namespace coterie::session

#endif
