// What one member_events reads from.
#ifndef COTERIE_SRC_SESSION_STREAM_HPP
#define COTERIE_SRC_SESSION_STREAM_HPP

#include "../core/delta_queue.hpp"
#include "../core/role.hpp"
#include "caller.hpp"
#include "signal.hpp"

#include <coterie/election.hpp>
#include <coterie/error.hpp>
#include <coterie/member.hpp>

#include <boost/asio/system_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace coterie::session {

member to_member(std::string const& group, core::record const&);
std::optional<leader_info> to_leader(core::record const&);  // none if it is no leader's

// A step, as a reader of members or of one role is told it.
void tell(std::string const& group, core::delta const&, member_change&);
void tell(std::string const& group, core::delta const&, leader_change&);

// On the strand, but for group() and executors.
class stream : public std::enable_shared_from_this<stream>
{
public:
    // Of the role of this name as a member; or, if it is empty, of the members.
    stream(executor strand, asio::any_io_executor user, clock& time, std::string group, std::string role, std::size_t buffer)
        : strand_{strand}
        , user_{std::move(user)}
        , group_{std::move(group)}
        , role_{std::move(role)}
        , pending_{buffer}
        , changed_{strand, time}
    {
    }

    executor const& strand() const { return strand_; }
    asio::any_io_executor const& user_executor() const { return user_; }

    // The first step is given even if nobody is there.
    void begin(core::delta first)
    {
        first_ = core::of_interest(std::move(first), role_);
        changed_.notify();
    }

    void push(core::delta step)
    {
        if (pending_.push(core::of_interest(std::move(step), role_)))
            changed_.notify();
    }

    void end()
    {
        ended_ = true;
        changed_.notify();
    }

    template <class Change>
    task<> next(std::shared_ptr<caller<std::optional<Change>>> asking)
    {
        if (auto const other = reader_.lock(); other && !other->gone())
            co_return asking->fail(errc::bad_argument);
        reader_ = asking;
        asking->on_cancelled = [weak = weak_from_this()] {
            if (auto const open = weak.lock())
                open->changed_.notify();
        };
        while (!asking->gone())
        {
            if (auto const step = take())
            {
                Change change;
                tell(group_, *step, change);
                asking->succeed(std::move(change));
            }
            else if (ended_)
                asking->succeed(std::nullopt);
            else
                co_await changed_.wait();
        }
    }

private:
    std::optional<core::delta> take();

    executor strand_;
    asio::any_io_executor user_;
    std::string group_;
    std::string role_;
    std::optional<core::delta> first_;
    core::delta_queue pending_;
    bool ended_ = false;
    std::weak_ptr<caller_base> reader_;  // he may own us
    signal changed_;
};

// Starts the reading of a stream's next change. Without a stream (it was moved from) there is none any more.
template <class Change>
void next_of(std::shared_ptr<stream> const& from, asio::any_completion_handler<void(error_code, std::optional<Change>)> handler)
{
    if (!from)
        return caller<std::optional<Change>>{asio::system_executor{}, std::move(handler)}.succeed(std::nullopt);
    auto const asking = caller<std::optional<Change>>::make(from->strand(), from->user_executor(), std::move(handler));
    spawn(from->strand(), [from, asking] { return from->next(asking); });
}

}  // namespace coterie::session

#endif
