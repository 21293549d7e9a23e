// The locks of this connector: who here holds what, who waits for what (one line for each wish: lock_line.hpp), and what becomes of
// it all when the session resumes, is lost or ends.
#ifndef COTERIE_SRC_SESSION_LOCK_TABLE_HPP
#define COTERIE_SRC_SESSION_LOCK_TABLE_HPP

#include "held_lock.hpp"
#include "lock_line.hpp"
#include "lock_returns.hpp"
#include "session.hpp"
#include "turnstile.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::session {

class lock_table : private line_owner
{
public:
    using held_ptr = std::shared_ptr<held_lock>;

    struct manner
    {
        bool reentrant = false;            // if its owner holds it already: once more, under the same fence
        std::chrono::milliseconds wait{};  // 0: do not; `forever`
    };

    // `look`: deadlines may have come that this connector has not heard of. `keep_alive` makes what coroutines need to outlive the
    // table's owner.
    lock_table(hub& shared, session& owner, std::string const& group, std::function<void()> look,
               std::function<std::shared_ptr<void>()> keep_alive);

    ~lock_table();
    lock_table(lock_table const&) = delete;
    lock_table& operator=(lock_table const&) = delete;

    // Null: it was not to be had in time, or the caller went meanwhile (it was given back then).
    task<outcome<held_ptr>> acquire(wish_ptr, manner, std::shared_ptr<caller_base> asking);

    // Gives one hold back, or all. False: it was lost before.
    task<outcome<bool>> release(held_ptr, bool all, std::shared_ptr<caller_base> asking);

    // Gives a role that is held another value. False: it was lost.
    task<outcome<bool>> proclaim(held_ptr, std::string value, std::shared_ptr<caller_base> asking);

    // One of those that a member holds.
    held_ptr find(std::string_view name, std::string_view owner) const;

    // After a resume: which locks stand, and away with what is not believed here any more. An error: not done.
    task<error_code> verify(store::caller who);

    // After a beat: locks with a term of an earlier session. Whoever takes one by force cannot tell it to this session.
    task<> verify_inherited(store::caller who);

    void on_link();
    void on_grant(store::grant const&);
    void on_lease_lost(core::lease const&);

    // Of what the store says hangs on the session: what nobody here holds or waits for.
    task<error_code> give_back_unknown(store::caller who, std::vector<store::claim> const& locks, std::vector<std::uint64_t> const& places);

    // Ends all holds and waits; what does not end with the session is given back.
    task<> close(core::local_time until);

    std::uint64_t fence_floor() const { return fence_floor_; }

private:
    using claim_ptr = std::shared_ptr<held_claim>;
    using claim_set = std::set<claim_ptr, older_first>;

    std::uint64_t open_place(lock_line&) override;
    void close_place(std::uint64_t place) override { standing_.erase(place); }
    void listen() override;
    void watch(store::topic const&, void (lock_table::*then)());
    void look() { look_(); }
    void on_listening();
    void add(claim_ptr const&) override;
    void on_idle(lock_line const&) override;
    std::shared_ptr<void> keep_alive() override { return keep_alive_(); }

    std::shared_ptr<lock_line> line_of(wish_ptr const&);
    task<> watch_term(claim_ptr);
    task<outcome<bool>> give_back(claim_ptr, std::shared_ptr<caller_base> asking);
    task<error_code> confirm(store::caller who);
    task<error_code> hear(std::vector<std::pair<claim_ptr, std::shared_ptr<slip>>>);
    task<error_code> verify(store::caller who, std::vector<claim_ptr> const&);
    void lose(claim_ptr const&);
    bool forget(claim_ptr const&);

    hub& hub_;
    session& session_;
    std::string group_;
    std::function<void()> look_;
    std::function<std::shared_ptr<void>()> keep_alive_;
    lock_returns returns_;
    turnstile turns_;  // by role: of those who proclaim
    std::map<wish_ptr, std::shared_ptr<lock_line>, same_wish> lines_;
    std::map<std::uint64_t, lock_line*> standing_;  // by place
    claim_set claims_;
    std::uint64_t claims_made_ = 0;
    std::multimap<std::string, claim_ptr, std::less<>> by_name_;
    std::uint64_t last_place_ = 0;
    std::uint64_t fence_floor_ = 0;
    store::session_id listening_;  // for grants to this session, and for the word that a lease ends sooner than others
    claim_set returning_;
    signal something_ended_;
    bool closed_ = false;
};

}  // namespace coterie::session

#endif
