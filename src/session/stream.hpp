// What one member_events reads from.
#ifndef COTERIE_SRC_SESSION_STREAM_HPP
#define COTERIE_SRC_SESSION_STREAM_HPP

#include "../core/delta_queue.hpp"
#include "caller.hpp"
#include "signal.hpp"

#include <coterie/member.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace coterie::session {

member to_member(std::string const& group, core::record const&);
member_change to_change(std::string const& group, core::delta const&);

// On the strand, but for group() and executors.
class stream : public std::enable_shared_from_this<stream>
{
public:
    stream(executor strand, asio::any_io_executor user, clock& time, std::string group, std::size_t buffer)
        : strand_{strand}
        , user_{std::move(user)}
        , group_{std::move(group)}
        , pending_{buffer}
        , changed_{strand, time}
    {
    }

    executor const& strand() const { return strand_; }
    asio::any_io_executor const& user_executor() const { return user_; }

    // The first step is given even if nobody is there.
    void begin(core::delta first)
    {
        first_ = std::move(first);
        changed_.notify();
    }

    void push(core::delta step)
    {
        if (pending_.push(std::move(step)))
            changed_.notify();
    }

    void end()
    {
        ended_ = true;
        changed_.notify();
    }

    task<> next(std::shared_ptr<caller<std::optional<member_change>>> asking);

private:
    std::optional<core::delta> take();

    executor strand_;
    asio::any_io_executor user_;
    std::string group_;
    std::optional<core::delta> first_;
    core::delta_queue pending_;
    bool ended_ = false;
    std::shared_ptr<caller_base> reader_;
    signal changed_;
};

}  // namespace coterie::session

#endif
