// A stream of changes of presence.
#ifndef COTERIE_PRESENCE_EVENTS_HPP
#define COTERIE_PRESENCE_EVENTS_HPP

#include <coterie/detail/initiate.hpp>
#include <coterie/id_list.hpp>
#include <coterie/presence_types.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie {

namespace session {
class presence_space;
class presence_stream;
}  // namespace session

// Of each id the newest state that was not read yet: a slow reader skips what was in between, never the last one, and holds one state an id at most.
//
// Object lifetimes: move-only; keeps what it needs alive, but not the presence: it ends when that closes.
// Thread safety: every member may be called from any thread.
class presence_events
{
public:
    presence_events() = default;
    presence_events(std::shared_ptr<session::presence_stream>, std::weak_ptr<session::presence_space>, bool all);
    presence_events(presence_events&&) = default;
    presence_events& operator=(presence_events&&) = default;

    // Waits for the next changes. The first ones hold how everybody is who was asked for, or, if all are watched, everybody who is there, even if
    // that is nobody. Signature: void(error_code, std::optional<presence_change>). Empty: the presence was closed, now and for ever.
    // Cancellation: all types; no change is lost, the next call gets it.
    // Errors: errc::bad_argument if a call is under way already.
    template <detail::token_for<void(error_code, std::optional<presence_change>)> Token = asio::deferred_t>
    auto async_next(Token&& token = {})
    {
        return detail::initiate<void(error_code, std::optional<presence_change>)>(
            executor(), std::forward<Token>(token), [stream = stream_](auto handler) { next(stream, std::move(handler)); });
    }

    // Watches these ids as well; how they are is among the next changes. Signature: void(error_code).
    // Cancellation: all types; they may be watched all the same.
    // Errors: those of presence::async_watch; errc::bad_argument for a stream of all, errc::closed. After an error they are not watched.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_add(id_list ids, Token&& token = {})
    {
        return detail::initiate<void(error_code)>(executor(), std::forward<Token>(token),
                                                  [stream = stream_, space = space_, all = all_, ids = ids.take()](auto handler) {
                                                      add(stream, space, all, ids, std::move(handler));
                                                  });
    }

    // No longer watches these.
    void remove(id_list ids);

private:
    asio::any_io_executor executor() const;
    static void add(std::shared_ptr<session::presence_stream> const&, std::weak_ptr<session::presence_space> const&, bool all,
                    std::vector<std::string> ids, asio::any_completion_handler<void(error_code)>);
    static void next(std::shared_ptr<session::presence_stream> const&,
                     asio::any_completion_handler<void(error_code, std::optional<presence_change>)>);

    std::shared_ptr<session::presence_stream> stream_;
    std::weak_ptr<session::presence_space> space_;
    bool all_ = false;
};

}  // namespace coterie

#endif
