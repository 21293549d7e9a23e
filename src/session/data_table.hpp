// Data of the group. What this connector put as ephemeral is remembered, and put again when the session was lost, unless somebody
// else has put something there.
#ifndef COTERIE_SRC_SESSION_DATA_TABLE_HPP
#define COTERIE_SRC_SESSION_DATA_TABLE_HPP

#include "session.hpp"
#include "turnstile.hpp"

#include <coterie/options.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class data_table
{
public:
    data_table(hub& shared, session& owner) : hub_{shared}, session_{owner}, turns_{shared.strand(), shared.time()} {}

    task<> put(std::string path, std::string value, lifetime life, std::shared_ptr<caller<>> asking);
    task<> get(std::string path, std::shared_ptr<caller<std::optional<std::string>>> asking);
    task<> erase(std::string path, std::shared_ptr<caller<bool>> asking);
    task<> list(std::string pattern, std::shared_ptr<caller<std::vector<std::string>>> asking);

    // Once for each session, however often it was resumed before that was done. An error: not all.
    task<error_code> restore(std::string const& group, store::caller who);

private:
    hub& hub_;
    session& session_;
    turnstile turns_;
    std::map<std::string, std::string, std::less<>> ephemeral_;  // path -> value
    store::session_id restored_for_;
};

}  // namespace coterie::session

#endif
