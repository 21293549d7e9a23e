// The way to a store: submit an operation, hear events, know whether the store can be reached.
//
// Everything here is called on the client's strand, and everything is completed and reported there, never from inside the call.
#ifndef COTERIE_SRC_STORE_STORE_HPP
#define COTERIE_SRC_STORE_STORE_HPP

#include "executor.hpp"
#include "operations.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/system/error_code.hpp>

#include <string>

namespace coterie::store {

using boost::system::error_code;

// What can be watched: the events of a group, the grants to one of its sessions, or the news of a memoised result.
struct topic
{
    std::string group;
    session_id session{};  // empty: the events

    auto operator<=>(topic const&) const = default;
};

// Whoever uses a store. One for each store; outlives it, or calls stop() first.
class observer
{
public:
    // The store can be reached. Generations grow. Commands of older generations may still arrive there: see `caller`.
    virtual void on_up(std::uint64_t generation) = 0;

    // It cannot; a new connection is being made, with a growing pause between tries. `why` says what the last try met.
    virtual void on_down(error_code why) = 0;

    // An event of a watched group: not lost silently while up, but possibly repeated.
    virtual void on_event(std::string const& group, core::event const& event) = 0;

    // A place of a watched session was granted. Possibly repeated, or lost: whoever waits asks again now and then.
    virtual void on_grant(std::string const& group, grant const&) = 0;

    // News of a watched memoised result: as events.
    virtual void on_news(std::string const& address, news const&) = 0;

    // Events of every watched group may have been lost (the connection for them was made anew, say).
    virtual void on_gap() = 0;

protected:
    ~observer() = default;
};

class store
{
public:
    using handler = boost::asio::any_completion_handler<void(error_code, reply)>;
    using watch_handler = boost::asio::any_completion_handler<void(error_code)>;

    virtual ~store() = default;

    // Starts to connect, and keeps connecting until stop().
    virtual void start(observer&) = 0;

    // No more calls to the observer; operations under way complete with errc::closed.
    virtual void stop() = 0;

    // Completes exactly once, within the response timeout. Errors:
    //   errc::not_connected    it was not sent
    //   errc::outcome_unknown  it was sent; the connection broke before the reply
    //   errc::lost, errc::stale  see operations.hpp: nothing happened
    //   errc::refused          the server said no (core/refusal.hpp keeps its words): nothing happened
    //   errc::closed           stop() was called
    // Operations submitted while one connection lasts are executed in that order; but a server that has lost its scripts is sent an
    // operation again, and it comes after others. So have no two operations on one name under way at once where their order matters.
    virtual void submit(std::string group, operation, handler) = 0;

    // From its completion on, each event of the group, or each grant to the session, is reported. Lasts over reconnects until unwatch().
    // Errors: errc::not_connected (the wish is kept, on_gap() tells when it came true), errc::refused, errc::closed.
    // What is refused after a reconnect is tried again; on_gap() tells when it came true.
    virtual void watch(topic const&, watch_handler) = 0;
    virtual void unwatch(topic const&) = 0;
};

}  // namespace coterie::store

#endif
