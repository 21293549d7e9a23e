// The members this connector wants to be in the group: joins, leaves and updates them, and joins them again when the session was lost.
#ifndef COTERIE_SRC_SESSION_MEMBER_TABLE_HPP
#define COTERIE_SRC_SESSION_MEMBER_TABLE_HPP

#include "session.hpp"
#include "turnstile.hpp"

#include "../core/member_value.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

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
    {
    }

    task<> join(std::string name, core::member_value value, std::shared_ptr<caller<>> asking);
    task<> leave(std::string name, std::shared_ptr<caller<bool>> asking);
    task<> update(std::string name, std::string value, std::shared_ptr<caller<bool>> asking);

    // Joins everybody again; who is there already does not change. An error: not all.
    task<error_code> restore(std::string const& group, store::caller const& who);

private:
    task<> give_back(std::string name, std::optional<std::string> before);
    void want(std::string const& name, std::optional<std::string> const& value);
    void report(std::optional<core::event> const& event);

    hub& hub_;
    session& session_;
    event_sink sink_;
    turnstile turns_;
    std::map<std::string, std::string, std::less<>> wanted_;  // name -> packed value
};

}  // namespace coterie::session

#endif
