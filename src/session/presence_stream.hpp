// What one presence_events reads from: of each id the newest state that was not read yet. So it holds one an id at most, and loses no net change.
#ifndef COTERIE_SRC_SESSION_PRESENCE_STREAM_HPP
#define COTERIE_SRC_SESSION_PRESENCE_STREAM_HPP

#include "../core/presence.hpp"
#include "caller.hpp"
#include "signal.hpp"

#include <coterie/presence_types.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coterie::session {

presence_info to_info(std::string id, core::presence_state);

// On the strand, but for executors.
class presence_stream : public std::enable_shared_from_this<presence_stream>
{
public:
    // `number`: of the streams of a space, from the first on.
    presence_stream(std::uint64_t number, executor strand, asio::any_io_executor user, clock& time)
        : number_{number}
        , strand_{strand}
        , user_{std::move(user)}
        , changed_{strand, time}
    {
    }

    std::uint64_t number() const { return number_; }
    executor const& strand() const { return strand_; }
    asio::any_io_executor const& user_executor() const { return user_; }

    void push(std::string const& id, core::presence_state const& state, bool resynced)
    {
        auto const [at, is_new] = index_.try_emplace(id, pending_.changes.size());
        if (is_new)
            pending_.changes.emplace_back();
        pending_.changes[at->second] = to_info(id, state);
        pending_.resynced = pending_.resynced || resynced;
        changed_.notify();
    }

    // All that were there are in it now: it is given even if it is nobody.
    void begin()
    {
        begun_ = first_ = true;
        changed_.notify();
    }

    void end()
    {
        ended_ = true;
        changed_.notify();
    }

    task<> next(std::shared_ptr<caller<std::optional<presence_change>>> asking);

private:
    std::uint64_t const number_;
    executor strand_;
    asio::any_io_executor user_;
    presence_change pending_;
    std::map<std::string, std::size_t> index_;
    bool begun_ = false;
    bool first_ = false;
    bool ended_ = false;
    std::weak_ptr<caller_base> reader_;  // he may own us
    signal changed_;
};

// Streams are told in the order they were opened in: a test can rely on that.
struct by_number
{
    bool operator()(presence_stream const* a, presence_stream const* b) const { return a->number() < b->number(); }
};

}  // namespace coterie::session

#endif
