// The state of one group, and the operations on it as docs/protocol.md tells them. Pure: time and chance come from outside.
//
// The containers are those of the protocol, under its names. What differs: `sessions` holds what Redis keeps in `s:<sid>`, and
// needs no TTL of its own, since the deadline in `leases` is the same.
#ifndef COTERIE_SRC_STORE_MEMORY_GROUP_STATE_HPP
#define COTERIE_SRC_STORE_MEMORY_GROUP_STATE_HPP

#include "../operations.hpp"
#include "deadlines.hpp"
#include "event_log.hpp"
#include "outcome.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace coterie::store::memory {

class group_state
{
public:
    static constexpr std::chrono::seconds linger{60};
    static constexpr std::chrono::hours fence_linger{24};

    outcome apply(operation const&, instant now, random_source const&);

    // Forgets what has outlived the group: everything but persistent data, `linger` after its last deadline; its fence a day after.
    void expire(instant now);

    // Nothing is left, not even history, persistent data or a fence.
    bool empty() const noexcept;

    // A lease, member, lock or value is left.
    bool holds_anything() const noexcept;

    std::string dump() const;

private:
    struct session_record
    {
        std::uint64_t generation = 0;
        bool forced = false;  // a lock was taken from it: it is stale until it is opened again
    };

    using place_id = std::pair<session_id, std::uint64_t>;

    // What `locks` holds of one lock.
    struct lock_record
    {
        enum class kind
        {
            none,  // nobody holds it; somebody waits for it
            session,
            place,
            shared,
            permit,
        };

        kind held = kind::none;
        bool waited = false;
        session_id session{};  // of one that `lock` has granted, as the next two
        std::uint64_t fence = 0;
        std::string owner{};
        place_id place{};  // of an exclusive one that `acquire` has granted
    };

    struct place_record
    {
        acquire wish;
        server_time since{};
        bool granted = false;
        std::uint64_t number = 0;  // the ticket, then the fence
    };

    struct value_record
    {
        lifetime life = lifetime::ephemeral;  // or term
        session_id session;                   // of an ephemeral one
        std::string value;
    };

    struct member_record
    {
        server_time joined_at{};
        std::string value;
    };

    // group_sessions.cpp
    outcome apply(open const&);
    outcome apply(beat const&);
    outcome apply(inventory const&) const;
    boost::system::error_code refuse(caller const&) const;  // lost or stale
    bool session_alive(session_id const&) const;
    horizon seen() const;
    horizon seen(std::chrono::milliseconds ttl) const;  // by one who renews his lease now
    void outlive(server_time deadline);
    std::optional<server_time> quarantined() const;
    void enter_quarantine(open const&);

    // group_members.cpp
    outcome apply(join const&);
    outcome apply(leave const&);
    outcome apply(snapshot const&);
    outcome apply(history const&);
    bool fits_whole() const;
    std::optional<core::event> publish(std::vector<core::change>);
    static std::vector<push> told(std::optional<core::event> const&);

    // group_locks.cpp
    outcome apply(lock const&);
    outcome apply(acquire const&);
    outcome apply(withdraw const&);
    outcome apply(unlock const&);
    outcome apply(force const&);
    outcome apply(verify const&);
    outcome apply(replicate const&);
    outcome apply(inspect const&);
    outcome apply(waiting const&);
    static claim claim_of(place_id const&, place_record const&);
    outcome answer(place_record const&) const;
    bool stands(claim const&) const;
    bool release(claim const&);
    std::uint64_t next_fence(std::uint64_t count = 1);
    std::uint64_t confirm_fence(acquire const&);

    // group_line.cpp
    using lock_names = std::vector<std::string>;
    std::string lease_of(place_id const&, bool fixed) const;
    std::optional<server_time> alive_until(std::string const& lease) const;
    std::optional<server_time> in_the_way(std::string const& lock, acquire const& wish) const;
    std::optional<place_id> first_in_line(std::string const& lock) const;
    bool is_waited_for(std::string const& lock) const;
    bool can_have(place_id const&, place_record const&) const;
    void hold(place_id const&, place_record const&);
    void grant_place(place_id const&, place_record&);
    void start_term(place_id const&, place_record const&);
    void end_place(place_id);
    void vacate(std::string const& lock);
    void mark(std::string const& lock, bool waited);
    void serve(lock_names const&);
    void tell_of_term();
    void tell_granted();

    // group_roles.cpp
    outcome apply(proclaim const&);
    outcome apply(leader const&);
    void announce(place_id const&, place_record const&);
    void renounce(std::string const& role, session_id const&);

    // group_data.cpp
    outcome apply(put const&);
    outcome apply(get const&);
    outcome apply(erase const&);
    outcome apply(list const&);
    std::string const* living_value(std::string const& path) const;
    bool is_own_value(put const&) const;
    void remove_value(std::string const& path, session_id const& by);

    // group_reaping.cpp
    outcome apply(reap const&);
    outcome apply(close const&);
    struct ending
    {
        std::size_t budget = 0;
        std::vector<core::change> changes{};
        std::set<std::string> vacant{};  // locks that somebody else may have now
        bool quarantine_is_over = false;
    };
    bool reap_session(session_id const&, ending&);
    void reap_terms(ending&);
    std::optional<core::event> finish(ending);
    void forget_if_over();
    void clean_up();

    // Set for the time of one apply().
    instant instant_{};
    server_time now_{};
    random_source const* random_ = nullptr;

    std::map<session_id, session_record> sessions_;
    deadlines leases_;
    std::map<session_id, std::set<std::string>> held_;
    std::map<std::pair<std::string, session_id>, member_record> members_;
    std::map<std::string, lock_record> locks_;
    std::set<std::tuple<std::string, std::uint64_t, place_id>> queue_;  // lock, ticket, place
    std::map<place_id, place_record> places_;
    std::map<std::string, std::set<place_id>> shares_;  // of each lock; also of dead ones, whoever has the lock since
    std::vector<std::pair<place_id, bool>> granted_;    // by the operation under way, and whether for a term
    std::vector<push> told_;                            // by the operation under way
    std::vector<core::change> roles_;                   // who got or lost one by it
    std::map<std::string, value_record> data_;
    std::map<std::string, std::string> keep_;
    std::uint64_t fence_ = 0;
    std::uint64_t beats_ = 0;  // how often leases were made or renewed
    event_log events_;
    std::string epoch_;
    server_time keep_until_{};        // when everything but `keep_` and `fence_` goes
    server_time keep_fence_until_{};  // when `fence_` goes
};

// The keys of leases that are no session's.
inline std::string const quarantine{'q', '\0'};
std::string place_term(std::pair<session_id, std::uint64_t> const& place);
std::string value_term(std::string_view path);
bool is_session(std::string_view lease);

}  // namespace coterie::store::memory

#endif
