// Leaders of roles: who leads, changes of it, and leading oneself.
#ifndef COTERIE_ELECTION_HPP
#define COTERIE_ELECTION_HPP

#include <coterie/lock.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coterie {

namespace session {
class stream;
}

// Who leads in a role.
struct leader_info
{
    std::string member;
    std::string session;                          // under which session
    std::string value;                            // what he told when he campaigned, or proclaimed last
    std::uint64_t term = 0;                       // his fence: larger than that of every earlier leader in this role
    std::chrono::system_clock::time_point since;  // by the store's clock, to the millisecond

    bool operator==(leader_info const&) const = default;
};

struct leader_change
{
    std::uint64_t revision = 0;         // of the group, as in member_change
    std::optional<leader_info> leader;  // empty: nobody leads
};

// Being the leader in a role: a lock and a value. The destructor resigns in the background, and never blocks or throws.
//
// Object lifetimes: move-only; keeps what it needs alive.
// Thread safety: every member but moves and the destructor may be called from any thread.
class leadership
{
public:
    leadership() = default;  // leads nothing: state() is lost
    explicit leadership(lock held) noexcept : held_{std::move(held)} {}

    std::string_view role() const;
    std::string const& member() const { return held_.member(); }

    // The number of this term and its fencing token: send it with each request, and let the resource refuse smaller ones.
    std::uint64_t term() const { return held_.fence(); }
    std::uint64_t fence() const { return held_.fence(); }

    // As of a lock.
    lock_state state() const { return held_.state(); }
    clock::time_point deadline() const { return held_.deadline(); }

    // Completes when it is lost: at the latest at deadline(), without any message from the store.
    // Signature: void(error_code). Cancellation: all types. Errors: errc::closed if it was resigned before it was lost.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_lost(Token&& token = {}) const
    {
        return held_.async_lost(std::forward<Token>(token));
    }

    // Gives the role to the next candidate, in one step. Signature: void(error_code). Cancellation: the caller no longer waits; he is
    // no leader all the same. Errors: those of lock::async_release.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_resign(Token&& token = {})
    {
        return held_.async_release(std::forward<Token>(token));
    }

    // Another value (up to 1 MiB) for all to see: watchers are told, if it differs. Signature: void(error_code).
    // Cancellation: all types; it may take effect all the same. Errors: errc::lost, and nothing was changed; errc::too_large;
    // errc::not_connected, errc::outcome_unknown, errc::refused, errc::closed.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_proclaim(std::string_view value, Token&& token = {}) const
    {
        return detail::initiate<void(error_code)>(
            held_.executor(), std::forward<Token>(token),
            [hold = held_.hold_, value = std::string{value}](auto handler) { proclaim(hold, value, std::move(handler)); });
    }

private:
    static void proclaim(std::shared_ptr<session::hold> const&, std::string value, asio::any_completion_handler<void(error_code)>);

    lock held_;
};

// A stream of who leads in one role. A slow reader never loses the last change; those between may be merged.
//
// Object lifetimes: move-only; keeps what it needs alive, but not the group: it ends when the connector closes.
// Thread safety: every member may be called from any thread.
class leader_events
{
public:
    leader_events() = default;
    explicit leader_events(std::shared_ptr<session::stream> stream) : stream_{std::move(stream)} {}
    leader_events(leader_events&&) = default;
    leader_events& operator=(leader_events&&) = default;

    // Waits for the next change. The first one says who leads already, even if that is nobody.
    // Signature: void(error_code, std::optional<leader_change>). Empty: the connector was closed, now and for ever.
    // Cancellation: all types; no change is lost, the next call gets it.
    // Errors: errc::bad_argument if a call is under way already.
    template <detail::token_for<void(error_code, std::optional<leader_change>)> Token = asio::deferred_t>
    auto async_next(Token&& token = {})
    {
        return detail::initiate<void(error_code, std::optional<leader_change>)>(
            executor(), std::forward<Token>(token), [stream = stream_](auto handler) { next(stream, std::move(handler)); });
    }

private:
    asio::any_io_executor executor() const;
    static void next(std::shared_ptr<session::stream> const&, asio::any_completion_handler<void(error_code, std::optional<leader_change>)>);

    std::shared_ptr<session::stream> stream_;
};

}  // namespace coterie

#endif
