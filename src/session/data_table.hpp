// Data of the group. What this connector put as ephemeral is remembered, and put again when the session was lost, unless somebody
// else has put something there. What the store refuses then, and what is left when time is up, is put with the next beats; nothing
// else waits for it.
#ifndef COTERIE_SRC_SESSION_DATA_TABLE_HPP
#define COTERIE_SRC_SESSION_DATA_TABLE_HPP

#include "session.hpp"
#include "turnstile.hpp"

#include <coterie/options.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
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

    // Puts again what a new session lacks, as members are joined again: see member_table.hpp.
    void begin_restoring(store::session_id const&);
    bool is_restoring() const { return !missing_.empty(); }
    void stop_restoring() { missing_.clear(); }
    task<error_code> restore(std::string const& group, store::caller who, core::local_time until);

private:
    using remembered = std::map<std::string, std::string, std::less<>>;

    remembered::node_type forget(std::string const& path);
    void remember(remembered::node_type, store::session_id const& forgotten_under);

    hub& hub_;
    session& session_;
    turnstile turns_;
    remembered ephemeral_;              // path -> value
    store::session_id session_of_all_;  // that has them all, but for
    std::set<std::string, std::less<>> missing_;
};

}  // namespace coterie::session

#endif
