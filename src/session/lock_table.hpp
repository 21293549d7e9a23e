// The locks of this connector. Whether a member here may hold one is decided here; only the first hold and the last one given
// back go to the store. One step at a time for each lock (see turnstile.hpp), so the store never sees them out of order.
#ifndef COTERIE_SRC_SESSION_LOCK_TABLE_HPP
#define COTERIE_SRC_SESSION_LOCK_TABLE_HPP

#include "held_lock.hpp"
#include "lock_returns.hpp"
#include "session.hpp"
#include "turnstile.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class lock_table
{
public:
    struct wish
    {
        std::string name;
        std::string owner;
        bool reentrant = false;
        std::optional<std::chrono::milliseconds> term{};
    };
    using held_ptr = std::shared_ptr<held_lock>;

    // `keep_alive` makes what coroutines need to outlive the table's owner.
    lock_table(hub& shared, session& owner, std::function<std::shared_ptr<void>()> keep_alive);

    // Takes a lock if it is free. Answers null if it is not, or if the caller went meanwhile (it was given back then).
    task<outcome<held_ptr>> try_acquire(wish, std::shared_ptr<caller_base> asking);

    // Gives one hold back, or all. False: it was lost before.
    task<outcome<bool>> release(held_ptr, bool all, std::shared_ptr<caller_base> asking);

    held_ptr find(std::string_view name, std::string_view owner) const;

    // After a resume: which locks stand, and away with what is not believed here any more. An error: not done.
    task<error_code> verify(std::string const& group, store::caller const& who);

    // After a beat: locks with a term of an earlier session. Whoever takes one by force cannot tell it to this session.
    task<> verify_inherited(std::string const& group, store::caller const& who);

    void on_lease_lost(core::lease const&);
    void on_session_lost() { returns_.on_session_lost(); }

    // Ends all holds; what does not end with the session is given back.
    task<> close(std::string const& group, core::local_time until);

    std::uint64_t fence_floor() const { return fence_floor_; }

private:
    store::lock operation_for(wish const&) const;
    task<> watch_term(held_ptr);
    void settle_later(wish const&);
    task<> settle(wish);
    void give_back_in_background(store::claim, turnstile::turn);
    task<error_code> verify(std::string const& group, store::caller const& who, std::vector<held_ptr> const&);
    void lose(held_ptr const&);
    bool forget(held_ptr const&);

    hub& hub_;
    session& session_;
    std::function<std::shared_ptr<void>()> keep_alive_;
    turnstile turns_;
    std::map<std::string, held_ptr, std::less<>> held_;
    lock_returns returns_;
    std::uint64_t fence_floor_ = 0;
};

}  // namespace coterie::session

#endif
