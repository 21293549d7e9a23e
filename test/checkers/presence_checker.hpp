// What must be true of presence: everybody reads what was told last, until its time is over; of several sources the most present one
// counts; and what a stream tells is a change each time (a refresh is none).
#ifndef COTERIE_TEST_CHECKERS_PRESENCE_CHECKER_HPP
#define COTERIE_TEST_CHECKERS_PRESENCE_CHECKER_HPP

#include "write_log.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace coterie::checkers {

class presence_checker
{
public:
    struct token
    {
        std::pair<std::string, std::string> whose;
        write_log::token which;
    };

    // `precision`: of the clocks that are compared. The time that a pause may last without notice (presence_config::linger) is 0.
    presence_checker(moment ttl, moment precision) : ttl_{ttl}, precision_{precision} {}

    static constexpr int offline = 0;  // larger: more present; see coterie::status
    static constexpr int refresh = -1;

    // A source tells of an id: a status, offline, or that it is still there (a refresh: online, if it was not).
    token on_telling(std::string const& id, std::string const& source, int what, moment asked);
    void on_told(token const&, moment at, bool success, moment straggle);

    // All is lost, or a replica without the newest writes took over; or the server's clock was stepped, so that what was told lasts longer.
    void on_lost(moment at, moment longer = {});

    // Somebody read the status from the store.
    void on_read(std::string const& id, int status, moment asked, moment answered) const;

    // A stream told of it. Twice the same is wrong, unless it was something else in that very millisecond, too. `since`: as it says. `may_repeat`: found by comparing, say.
    void on_change(int reader, std::string const& id, int status, std::int64_t since, bool may_repeat);
    void forget(int reader);

    // Whether it may have become something else, and the same again, at that very time: then it may be told twice.
    bool may_have_returned(std::string const& id, moment at) const;

    // When all is quiet, and all was read: everybody was told last what the store says.
    void require_all_know(std::string const& id, int status) const;

private:
    struct chance
    {
        bool away = false;     // it may not be there
        bool at_most = false;  // it may be there, and less present than asked for
        bool just_so = false;  // it may be just so
    };

    template <class Take>
    void keep(write_log const&, write const& by, Take) const;
    chance look(write_log const&, int status, moment asked, moment answered) const;

    moment ttl_;
    moment precision_;
    std::map<std::string, std::map<std::string, write_log>> logs_;  // id -> source -> what it told
    std::map<std::pair<int, std::string>, std::pair<int, std::int64_t>> told_;
    std::map<std::pair<std::string, std::int64_t>, std::set<int>> since_;  // what somebody was told that an id is since then
};

}  // namespace coterie::checkers

#endif
