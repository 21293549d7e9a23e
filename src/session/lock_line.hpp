// Those of this connector who want the same lock, in the order they came. At most one of them is under way to the store, for all of
// them: it takes the lock, or has one place in the store's line, and whoever is first here when it comes gets it. What is given back
// goes to the next one here without a way to the store, `in_a_row` times at most: then others have their turn.
#ifndef COTERIE_SRC_SESSION_LOCK_LINE_HPP
#define COTERIE_SRC_SESSION_LOCK_LINE_HPP

#include "lock_returns.hpp"
#include "lock_wish.hpp"
#include "request_line.hpp"
#include "session.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace coterie::session {

// What a line needs of the table it belongs to.
class line_owner
{
public:
    virtual std::uint64_t open_place(lock_line&) = 0;
    virtual void close_place(std::uint64_t) = 0;
    virtual void listen() = 0;  // to grants for the session of the moment; then on_listening()
    virtual void add(std::shared_ptr<held_claim> const&) = 0;
    virtual void on_idle(lock_line const&) = 0;
    virtual std::shared_ptr<void> keep_alive() = 0;

protected:
    ~line_owner() = default;
};

class lock_line : public std::enable_shared_from_this<lock_line>
{
public:
    static constexpr std::size_t in_a_row = 16;

    lock_line(wish_ptr, hub&, session&, lock_returns&, line_owner&);

    void enter(std::shared_ptr<lock_request> const&);
    void look_again() { changed_.notify(); }  // somebody left, or the link changed
    void on_grant(store::grant const&);
    void on_listening();  // only now: what was granted before was not heard
    void on_resumed();    // what was granted before may have been taken by force: from now on a push is only a reason to ask

    // What was given back here. True: the next one has it. False: it is to go back to the store, and then `on_returned()`.
    bool pass_on(std::shared_ptr<held_claim> const&);
    void on_returned();  // or lost

    void close();
    wish_ptr const& wish() const { return wish_; }
    bool under_way() const { return running_; }
    bool idle() const { return !running_ && !occupied_ && line_.empty(); }

private:
    using request_ptr = request_line::request_ptr;

    struct answer
    {
        error_code ec{};
        bool granted = false;
        bool waiting = false;
        core::server_time busy_until{};
        std::uint64_t fence = 0;
        std::uint64_t fences = 1;
        std::uint64_t place = 0;
        core::local_time sent{};
        store::caller who{};
        std::uint64_t opening = 0;
        std::shared_ptr<core::lease> lease{};
        bool maybe_before = false;
    };

    template <class Outcome>
    static answer common(Outcome const&);
    void start();
    task<> run();
    task<> ask_for(request_ptr);
    task<answer> ask_plainly(std::shared_ptr<caller_base> asking);
    task<answer> ask_for_place(std::shared_ptr<caller_base> asking, bool waits);
    task<> on_answer(request_ptr const&, answer const&);
    task<> stand();
    task<> take(answer const&);
    task<error_code> wait_for_replicas(store::claim const&);
    bool is_of_the_moment(answer const&) const;
    void hand_out(std::shared_ptr<held_claim> const&);
    void share_with_the_reentrant(std::shared_ptr<held_lock> const&);
    void turn_away_who_does_not_wait();
    task<> leave();
    std::uint32_t fences_wanted() const;
    void drop_place();

    wish_ptr const wish_;
    hub& hub_;
    session& session_;
    lock_returns& returns_;
    line_owner& owner_;
    request_line line_;
    bool running_ = false;
    bool occupied_ = false;   // by a claim that one after the other may hold
    bool returning_ = false;  // it is on its way back
    bool closed_ = false;

    // Of the attempt under way.
    std::uint64_t place_ = 0;   // 0: none was asked for
    std::uint32_t fences_ = 1;  // asked for with it
    bool place_known_ = false;  // the store may have heard of it
    bool standing_ = false;     // in the store's line
    bool contended_ = false;    // `lock` has shown that it is
    bool plain_doubt_ = false;  // `lock` may have granted it
    std::optional<store::grant> pushed_;
    store::caller asked_as_;
    core::local_time ask_again_at_{};
    bool ask_again_ = false;
    bool resumed_ = false;  // since the place was opened
    signal changed_;
};

}  // namespace coterie::session

#endif
