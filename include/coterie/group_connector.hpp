// One program's part in a group: its members, locks and data, and what it sees of the others.
#ifndef COTERIE_GROUP_CONNECTOR_HPP
#define COTERIE_GROUP_CONNECTOR_HPP

#include <coterie/client.hpp>
#include <coterie/detail/connector_calls.hpp>
#include <coterie/detail/election_calls.hpp>
#include <coterie/detail/initiate.hpp>
#include <coterie/detail/while_held.hpp>
#include <coterie/election.hpp>
#include <coterie/lock.hpp>
#include <coterie/member.hpp>
#include <coterie/member_events.hpp>
#include <coterie/options.hpp>

#include <boost/asio/strand.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

// Owns one lease (a session) in its group, renewed by one beat whatever hangs on it. Members, locks and ephemeral data end with
// the lease: at once when the connector closes, after `ttl` when the process dies. If the lease is lost while the process lives, the
// connector opens a new one, joins its members and puts its ephemeral data again, and reports its locks as lost.
//
// Common to all operations, unless one says otherwise:
//   Object lifetimes: arguments are copied when the operation is called; the connector may be destroyed while it runs (errc::closed).
//   Executor: handlers run by their associated executor, by default the client's; never inside the initiating call.
//   Cancellation: all types. The caller gets operation_aborted at once. A join or lock that took effect all the same is given back
//   in the background; any other operation may still take effect.
//   Errors: errc::bad_name, errc::too_large, errc::bad_argument before anything is sent; errc::not_connected (nothing was sent) and
//   errc::outcome_unknown after client_config::timeout; errc::refused and errc::unsupported_server with the server's words;
//   errc::closed. After an error of a join or lock it is as if it had not been called; a leave or release goes on in the background.
//   Limits: names of groups, members, locks and paths 1 to 512 bytes, any but `{`, `}` and control characters; values 1 MiB.
//   Thread safety: every member may be called from any thread.
class group_connector
{
public:
    // Does no I/O: the first operation that needs it opens the session. Throws std::invalid_argument that names the field.
    group_connector(client const&, group_config config);
    explicit group_connector(client const&);  // with the defaults

    group_connector(group_connector&&) noexcept = default;
    group_connector& operator=(group_connector&&) noexcept;
    ~group_connector();  // async_close in the background; does not block or throw

    std::string const& group_name() const;
    asio::any_io_executor get_executor() const;

    // --- members ---------------------------------------------------------------------------------------------------------

    // Makes `name` (default: group_config::member) a member. Joining again with another value or other tags updates it; with the
    // same it does nothing. Another connector may join the same name: it stays a member while any of them is there, and shows the
    // value of the one that joined last.
    // Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_join(std::string_view name, std::string_view value, join_options options, Token&& token = {})
    {
        return call<void(error_code)>(std::forward<Token>(token), &detail::join, std::string{name}, std::string{value},
                                      detail::owned(options));
    }
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_join(std::string_view name, std::string_view value, Token&& token = {})
    {
        return async_join(name, value, join_options{}, std::forward<Token>(token));
    }
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_join(std::string_view name, Token&& token = {})
    {
        return async_join(name, std::string_view{}, join_options{}, std::forward<Token>(token));
    }
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_join(Token&& token = {})
    {
        return async_join(default_member(), std::string_view{}, join_options{}, std::forward<Token>(token));
    }

    // Ends a membership of this connector. Signature: void(error_code, bool): false if it was none.
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_leave(std::string_view name, Token&& token = {})
    {
        return call<void(error_code, bool)>(std::forward<Token>(token), &detail::leave, std::string{name});
    }

    // Gives a member of this connector a new value; its tags and the time of its join stay. Watchers see an update if the value
    // differs. Signature: void(error_code, bool): false if it is no member of this connector.
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_update(std::string_view name, std::string_view value, Token&& token = {})
    {
        return call<void(error_code, bool)>(std::forward<Token>(token), &detail::update, std::string{name}, std::string{value});
    }

    // Who is a member: read from the store, linearizable, nobody past his deadline. Sorted by name. Opens no session.
    // A group of more than 10,000 is read in pages, so that no call holds the server for long.
    // Signature: void(error_code, std::vector<member>). errc::timed_out: such a group changed faster than it could be read.
    template <detail::token_for<void(error_code, std::vector<member>)> Token = asio::deferred_t>
    auto async_members(Token&& token = {})
    {
        return call<void(error_code, std::vector<member>)>(std::forward<Token>(token), &detail::members);
    }

    // The membership as far as events have come here, without I/O: that of revision(). It follows the store while a stream of
    // this connector lives; before the first one it is empty, after the last one it stands still.
    std::vector<member> members() const;
    std::uint64_t revision() const;

    // Opens a stream of changes. Signature: void(error_code, member_events). errc::timed_out: as in async_members.
    template <detail::token_for<void(error_code, member_events)> Token = asio::deferred_t>
    auto async_watch(watch_options options, Token&& token = {})
    {
        return call<void(error_code, member_events)>(std::forward<Token>(token), &detail::watch, options);
    }
    template <detail::token_for<void(error_code, member_events)> Token = asio::deferred_t>
    auto async_watch(Token&& token = {})
    {
        return async_watch(watch_options{}, std::forward<Token>(token));
    }

    // --- locks -----------------------------------------------------------------------------------------------------------

    // Takes a lock if it is free. A failed try changes nothing in the store. Whose it is: this connector and lock_options::member
    // together, so two processes never share a lock, whatever names they use.
    // Signature: void(error_code, std::optional<lock>): empty if it is held. Errors: not_connected also while this program cannot give
    // it back, because the store is away.
    template <detail::token_for<void(error_code, std::optional<lock>)> Token = asio::deferred_t>
    auto async_try_lock(std::string_view name, lock_options options, Token&& token = {})
    {
        return call<void(error_code, std::optional<lock>)>(std::forward<Token>(token), &detail::try_lock, std::string{name},
                                                           detail::owned(options));
    }
    template <detail::token_for<void(error_code, std::optional<lock>)> Token = asio::deferred_t>
    auto async_try_lock(std::string_view name, Token&& token = {})
    {
        return async_try_lock(name, lock_options{}, std::forward<Token>(token));
    }

    // Takes a lock, and waits for it if it is held: first come, first served, over all processes. Whoever gives it back, or dies, makes
    // the next living waiter its holder in the same step of the store, and that one is told by a push; should the push be lost, it is
    // found with the next heartbeat. Waiting costs one place in the store for each member and lock, however many wait here: they take
    // turns, up to 16 of them before others have theirs. A wait goes on over lost connections and sessions (a lost session loses
    // its place). A negative wait is errc::bad_argument.
    // Signature: void(error_code, lock). Errors: errc::timed_out after lock_options::wait; errc::not_connected if the store could not
    // even be asked within client_config::timeout.
    // Cancellation: all types; answered at once; the place in the store's line, or what was granted meanwhile, is given back in the
    // background.
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_lock(std::string_view name, lock_options options, Token&& token = {})
    {
        return call<void(error_code, lock)>(std::forward<Token>(token), &detail::take_lock, std::vector{std::string{name}},
                                            detail::owned(options));
    }
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_lock(std::string_view name, Token&& token = {})
    {
        return async_lock(name, lock_options{}, std::forward<Token>(token));
    }

    // Takes a lock, runs `body` and gives the lock back. If the lock is lost, the body is cancelled (terminally), and when it has ended
    // the error is errc::lost, whatever came of it. Else its result or its exception comes through.
    // `body`: called as asio::awaitable<T>(coterie::lock const&), with a lock that lives as long as it runs.
    // Signature: void(std::exception_ptr, T) or void(std::exception_ptr). Errors come as boost::system::system_error: those of async_lock,
    // errc::lost, and errc::closed if the lock was given back meanwhile (by its name, or because the connector closed): the body is
    // cancelled then, too.
    // Executor: the body runs on a strand of the connector's executor.
    // Cancellation: all types; leaves the line or cancels the body, waits for its end, and gives the lock back.
    template <class Body, class Token = asio::deferred_t>
    auto async_with_lock(std::string_view name, lock_options options, Body body, Token&& token = {})
    {
        auto acquire = [connector = connector_, executor = get_executor(), name = std::string{name},
                        options = detail::owned(options)]<class Inner>(Inner&& inner) {
            return detail::initiate<void(error_code, lock)>(executor, std::forward<Inner>(inner), [=](auto handler) {
                detail::take_lock(connector, {name}, options, std::move(handler));
            });
        };
        return asio::co_spawn(asio::make_strand(get_executor()), detail::with_lock(std::move(acquire), std::move(body)),
                              std::forward<Token>(token));
    }
    template <class Body, class Token = asio::deferred_t>
    requires(!std::convertible_to<Body, lock_options>) auto async_with_lock(std::string_view name, Body body, Token&& token = {})
    {
        return async_with_lock(name, lock_options{}, std::move(body), std::forward<Token>(token));
    }

    // Takes several locks (1 to 64, all different, in any order), all or none, in one step of the store: who waits for some holds
    // none of them meanwhile, so two who want the same never block each other. One handle and one fence for all; it is lost when any of
    // them is. Whoever wants one of them alone later waits behind. Otherwise as async_lock.
    // Signature: void(error_code, lock).
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_lock_all(lock_names names, lock_options options, Token&& token = {})
    {
        auto const all = names.get();
        return call<void(error_code, lock)>(std::forward<Token>(token), &detail::take_lock,
                                            std::vector<std::string>(all.begin(), all.end()), detail::owned(options));
    }
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_lock_all(std::span<std::string const> names, lock_options options, Token&& token = {})
    {
        return call<void(error_code, lock)>(std::forward<Token>(token), &detail::take_lock,
                                            std::vector<std::string>(names.begin(), names.end()), detail::owned(options));
    }
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_lock_all(lock_names names, Token&& token = {})
    {
        return async_lock_all(names, lock_options{}, std::forward<Token>(token));
    }

    // Takes one of permit_options::limit permits (1 to 1,000,000): a counting semaphore, with leases, hand-over, fences and
    // inspection as locks have them. Each acquisition is a permit of its own, also of one member. A name is used for locks or for permits;
    // who mixes them waits until all of the other kind are given back. Otherwise as async_lock.
    // Signature: void(error_code, lock).
    template <detail::token_for<void(error_code, lock)> Token = asio::deferred_t>
    auto async_acquire(std::string_view name, permit_options options, Token&& token = {})
    {
        return call<void(error_code, lock)>(std::forward<Token>(token), &detail::take_lock, std::vector{std::string{name}},
                                            detail::owned(options));
    }

    // Gives back every hold that `member` (default: group_config::member) has of a lock by this connector.
    // Signature: void(error_code, bool): false if it holds it not; nothing is changed then.
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_release(std::string_view member, std::string_view lock_name, Token&& token = {})
    {
        return call<void(error_code, bool)>(std::forward<Token>(token), &detail::release, std::string{member}, std::string{lock_name});
    }
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_release(std::string_view lock_name, Token&& token = {})
    {
        return async_release(default_member(), lock_name, std::forward<Token>(token));
    }

    // Who holds a lock, and who waits for it. Opens no session.
    // Signature: void(error_code, std::optional<lock_info>): empty if it is free, and nobody waits for it.
    template <detail::token_for<void(error_code, std::optional<lock_info>)> Token = asio::deferred_t>
    auto async_inspect(std::string_view name, Token&& token = {})
    {
        return call<void(error_code, std::optional<lock_info>)>(std::forward<Token>(token), &detail::inspect, std::string{name});
    }

    // Members that wait for each other's locks in a circle, and for ever: found through those who wait for this one. The last step's lock is held by
    // the first one's member. Looks at everybody who waits in the group, a page at a time, so it may see what is over already: look again.
    // Errors: errc::timed_out if all that takes longer than `client_config::timeout`.
    // Signature: void(error_code, std::vector<lock_wait>): empty if there is none.
    template <detail::token_for<void(error_code, std::vector<lock_wait>)> Token = asio::deferred_t>
    auto async_find_deadlock(std::string_view name, Token&& token = {})
    {
        return call<void(error_code, std::vector<lock_wait>)>(std::forward<Token>(token), &detail::find_deadlock, std::string{name});
    }

    // Takes a lock from whoever holds it (of several: all of them): the way out when a holder hangs but lives. He learns it with his next beat at the
    // latest; until then he believes to hold it, so only the fence protects what he writes.
    // Signature: void(error_code, bool): false if it was free.
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_force_release(std::string_view name, Token&& token = {})
    {
        return call<void(error_code, bool)>(std::forward<Token>(token), &detail::force_release, std::string{name});
    }

    // --- election --------------------------------------------------------------------------------------------------------

    // Stands for a role, and waits until it leads: at most one does. Candidates of all processes are served in the order they came, under the
    // rules of async_lock; whoever resigns or dies is followed by the next living one in the same step of the store. Roles and locks
    // have names of their own. `value` (up to 1 MiB) is what everybody sees of the leader: an address, say.
    // Signature: void(error_code, leadership). Errors, cancellation: as async_lock.
    template <detail::token_for<void(error_code, leadership)> Token = asio::deferred_t>
    auto async_campaign(std::string_view role, std::string_view value, campaign_options options, Token&& token = {})
    {
        return call<void(error_code, leadership)>(std::forward<Token>(token), &detail::campaign, std::string{role}, std::string{value},
                                                  detail::owned(options));
    }
    template <detail::token_for<void(error_code, leadership)> Token = asio::deferred_t>
    auto async_campaign(std::string_view role, std::string_view value = {}, Token&& token = {})
    {
        return async_campaign(role, value, campaign_options{}, std::forward<Token>(token));
    }

    // Who leads: read from the store, linearizable, nobody past his deadline. Opens no session.
    // Signature: void(error_code, std::optional<leader_info>): empty if nobody leads.
    template <detail::token_for<void(error_code, std::optional<leader_info>)> Token = asio::deferred_t>
    auto async_leader(std::string_view role, Token&& token = {})
    {
        return call<void(error_code, std::optional<leader_info>)>(std::forward<Token>(token), &detail::leader, std::string{role});
    }

    // Opens a stream of who leads. Signature: void(error_code, leader_events). errc::timed_out: as in async_members.
    template <detail::token_for<void(error_code, leader_events)> Token = asio::deferred_t>
    auto async_watch_leader(std::string_view role, Token&& token = {})
    {
        return call<void(error_code, leader_events)>(std::forward<Token>(token), &detail::watch_leader, std::string{role});
    }

    // Campaigns, runs `body` as the leader, and resigns when it has ended. If the leadership is lost, the body is cancelled (terminally),
    // and when it has ended, whatever came of it, campaigns again and runs the body again; so too while the store cannot be reached.
    // `body`: called as asio::awaitable<T>(coterie::leadership const&), once a term.
    // Signature: void(std::exception_ptr, T) or void(std::exception_ptr): its result or exception in a term that was not lost. Errors come
    // as boost::system::system_error: those of async_campaign but errc::not_connected, errc::outcome_unknown and errc::lost.
    // Executor: the body runs on a strand of the connector's executor.
    // Cancellation: all types; leaves the line or cancels the body, waits for its end, and resigns.
    template <class Body, class Token = asio::deferred_t>
    auto async_lead(std::string_view role, std::string_view value, campaign_options options, Body body, Token&& token = {})
    {
        auto campaign = [connector = connector_, executor = get_executor(), role = std::string{role}, value = std::string{value},
                         options = detail::owned(options)]<class Inner>(Inner&& inner) {
            return detail::initiate<void(error_code, leadership)>(executor, std::forward<Inner>(inner), [=](auto handler) {
                detail::campaign(connector, role, value, options, std::move(handler));
            });
        };
        return asio::co_spawn(asio::make_strand(get_executor()), detail::lead(std::move(campaign), std::move(body)),
                              std::forward<Token>(token));
    }
    template <class Body, class Token = asio::deferred_t>
    requires(!std::convertible_to<Body, campaign_options>) auto async_lead(std::string_view role, std::string_view value, Body body,
                                                                           Token&& token = {})
    {
        return async_lead(role, value, campaign_options{}, std::move(body), std::forward<Token>(token));
    }
    template <class Body, class Token = asio::deferred_t>
    requires(!std::convertible_to<Body, std::string_view>) auto async_lead(std::string_view role, Body body, Token&& token = {})
    {
        return async_lead(role, std::string_view{}, campaign_options{}, std::move(body), std::forward<Token>(token));
    }

    // --- data ------------------------------------------------------------------------------------------------------------

    // Stores a value, in the place of what the path had, whoever put that. Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_put(std::string_view path, std::string_view value, put_options options, Token&& token = {})
    {
        return call<void(error_code)>(std::forward<Token>(token), &detail::put, std::string{path}, std::string{value}, options);
    }
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_put(std::string_view path, std::string_view value, Token&& token = {})
    {
        return async_put(path, value, put_options{}, std::forward<Token>(token));
    }

    // Signature: void(error_code, std::optional<std::string>): empty if there is no living value.
    template <detail::token_for<void(error_code, std::optional<std::string>)> Token = asio::deferred_t>
    auto async_get(std::string_view path, Token&& token = {})
    {
        return call<void(error_code, std::optional<std::string>)>(std::forward<Token>(token), &detail::get, std::string{path});
    }

    // Signature: void(error_code, bool): false if there was no living value.
    template <detail::token_for<void(error_code, bool)> Token = asio::deferred_t>
    auto async_erase(std::string_view path, Token&& token = {})
    {
        return call<void(error_code, bool)>(std::forward<Token>(token), &detail::erase, std::string{path});
    }

    // The paths that match a pattern, sorted: `*` any bytes, `?` one, `[a-z]` one of, `[^a]` none of, `\` takes the next literally.
    // Read in pages: a path that comes or goes meanwhile may be in it or not. Signature: void(error_code, std::vector<std::string>).
    template <detail::token_for<void(error_code, std::vector<std::string>)> Token = asio::deferred_t>
    auto async_list(std::string_view pattern, Token&& token = {})
    {
        return call<void(error_code, std::vector<std::string>)>(std::forward<Token>(token), &detail::list, std::string{pattern});
    }

    // --- the end ---------------------------------------------------------------------------------------------------------

    // Ends every stream and every other operation (errc::closed), leaves, releases, removes ephemeral data, closes the session.
    // Signature: void(error_code). Errors: errc::not_connected or errc::outcome_unknown if the store could not be told in
    // client_config::timeout; the lease ends by itself then. Closing again succeeds.
    // Cancellation: the caller no longer waits; the connector closes all the same.
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_close(Token&& token = {})
    {
        return call<void(error_code)>(std::forward<Token>(token), &detail::close);
    }

private:
    template <class Signature, class Token, class Function, class... Owned>
    auto call(Token&& token, Function* function, Owned... owned)
    {
        return detail::initiate<Signature>(get_executor(), std::forward<Token>(token),
                                           [connector = connector_, function, ... owned = std::move(owned)](auto handler) {
                                               function(connector, owned..., std::move(handler));
                                           });
    }

    std::string const& default_member() const;

    std::shared_ptr<session::connector> connector_;
};

}  // namespace coterie

#endif
