// A stream of changes of the membership.
#ifndef COTERIE_MEMBER_EVENTS_HPP
#define COTERIE_MEMBER_EVENTS_HPP

#include <coterie/detail/initiate.hpp>
#include <coterie/member.hpp>

#include <memory>
#include <optional>

namespace coterie {

namespace session {
class stream;
}

// Every reader sees the same changes in the same order. A slow reader never loses the net change: when more than
// watch_options::buffer changes wait, the newest ones are merged (a join and a leave cancel out).
//
// Object lifetimes: move-only; keeps what it needs alive, but not the group: it ends when the connector closes.
// Thread safety: every member may be called from any thread.
class member_events
{
public:
    member_events() = default;
    explicit member_events(std::shared_ptr<session::stream> stream) : stream_{std::move(stream)} {}
    member_events(member_events&&) = default;
    member_events& operator=(member_events&&) = default;

    // Waits for the next change. The first one holds everybody who is a member already, even if that is nobody.
    // Signature: void(error_code, std::optional<member_change>). Empty: the connector was closed, now and for ever.
    // Cancellation: all types; no change is lost, the next call gets it.
    // Errors: errc::bad_argument if a call is under way already.
    template <detail::token_for<void(error_code, std::optional<member_change>)> Token = asio::deferred_t>
    auto async_next(Token&& token = {})
    {
        return detail::initiate<void(error_code, std::optional<member_change>)>(
            executor(), std::forward<Token>(token), [stream = stream_](auto handler) { next(stream, std::move(handler)); });
    }

private:
    asio::any_io_executor executor() const;
    static void next(std::shared_ptr<session::stream> const&, asio::any_completion_handler<void(error_code, std::optional<member_change>)>);

    std::shared_ptr<session::stream> stream_;
};

}  // namespace coterie

#endif
