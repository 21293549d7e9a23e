// What somebody wants of locks, and how he stands in line for it.
#ifndef COTERIE_SRC_SESSION_LOCK_WISH_HPP
#define COTERIE_SRC_SESSION_LOCK_WISH_HPP

#include "../core/role.hpp"
#include "caller.hpp"
#include "held_lock.hpp"

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace coterie::session {

// Those who want the same stand in one line.
struct lock_wish
{
    std::vector<std::string> names;
    std::string owner;
    std::string value{};  // of a candidate for a role
    store::lock_mode mode = store::lock_mode::exclusive;
    std::uint32_t limit = 0;           // of permits
    std::chrono::milliseconds term{};  // 0: lives with the session
    std::uint32_t min_replicas = 0;

    auto operator<=>(lock_wish const&) const = default;

    bool fixed() const { return term.count() != 0; }
    bool for_role() const { return core::is_role(names.front()); }
    bool plain() const { return names.size() == 1 && mode == store::lock_mode::exclusive && !fixed() && !for_role(); }
    bool one_after_the_other() const { return mode == store::lock_mode::exclusive; }
};

using wish_ptr = std::shared_ptr<lock_wish const>;

struct same_wish
{
    bool operator()(wish_ptr const& a, wish_ptr const& b) const { return *a < *b; }
};

// One of those in line.
struct lock_request
{
    lock_request(std::shared_ptr<caller_base> const& who, bool waiting, bool again, executor const& strand, clock& time)
        : asking{who}
        , waits{waiting}
        , reentrant{again}
        , answered{strand, time}
    {
    }

    bool wanted() const
    {
        auto const who = asking.lock();
        return !done && who && !who->gone();
    }

    // Who does not wait for others does not wait for one of his own program either who cannot give back, for the store is away.
    core::local_time patience(core::local_time until) const
    {
        auto const who = asking.lock();
        return who && (came_too_late || (!waits && !begun)) ? std::min(until, who->deadline) : until;
    }

    // Null: it was not to be had in the time he was ready to wait.
    error_code why_over(bool waited_to_the_end) const
    {
        if (waited_to_the_end)
            return {};
        return came_too_late ? errc::lost : errc::not_connected;
    }

    // Null without an error: it is not to be had.
    void answer(error_code why, std::shared_ptr<held_lock> got = nullptr)
    {
        done = true;
        ec = why;
        held = std::move(got);
        answered.notify();
    }

    // It came, and was over before it came: a term shorter than the way is lost each time. He hears it at his deadline, if not more.
    void expect_no_more()
    {
        came_too_late = true;
        answered.notify();
    }

    // Kept by the coroutine that waits. He may own the connector, and with it the line: a circle, if that kept him.
    std::weak_ptr<caller_base> asking;
    bool waits;
    bool reentrant;
    bool begun = false;  // the store was asked for him
    bool done = false;
    bool came_too_late = false;
    error_code ec{};
    std::shared_ptr<held_lock> held{};
    signal answered;
};

}  // namespace coterie::session

#endif
