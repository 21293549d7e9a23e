// Who is there: people, devices, connections; as told by servers, watched by others.
#ifndef COTERIE_PRESENCE_HPP
#define COTERIE_PRESENCE_HPP

#include <coterie/client.hpp>
#include <coterie/detail/initiate.hpp>
#include <coterie/detail/presence_calls.hpp>
#include <coterie/id_list.hpp>
#include <coterie/presence_events.hpp>
#include <coterie/presence_types.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

// A space of ids, each with a status, as long as somebody (a source) says so. Whoever is not heard of for `ttl` is offline, for every reader from that
// millisecond on; who watches is told within 100 ms while he can reach the store. Any number of programs may tell of one id; the most present one counts.
//
// Common to all operations, unless one says otherwise:
//   Object lifetimes: arguments are copied when the operation is called; the presence may be destroyed while it runs (errc::closed).
//   Executor: handlers run by their associated executor, by default the client's; never inside the initiating call.
//   Cancellation: all types. The caller gets operation_aborted at once; what was sent may still take effect.
//   Errors: errc::bad_name, errc::too_large, errc::bad_argument before anything is sent; errc::not_connected (nothing was sent) and
//   errc::outcome_unknown after client_config::timeout; errc::refused and errc::unsupported_server with the server's words; errc::closed.
//   In a batch each id has its own error; the operation fails as a whole only if all of them ended alike.
//   Limits: ids 1 to 512 bytes, any; text and value 1 MiB each. A batch of any size is one round trip to each shard, or a few that travel together.
//   Thread safety: every member may be called from any thread.
class presence
{
public:
    // Does no I/O. Throws std::invalid_argument that names the field.
    presence(client const&, presence_config config);
    explicit presence(client const&);  // with the defaults

    presence(presence&&) noexcept = default;
    presence& operator=(presence&&) noexcept;
    ~presence();  // ends its streams and operations; does not block or throw. Nobody goes offline by it.

    asio::any_io_executor get_executor() const;

    // A source says that these are there, for `ttl` from now on. Who was not is online; who was keeps his status: a refresh is no event.
    // Signature: void(error_code, presence_result).
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_online(id_list ids, online_options options, Token&& token = {})
    {
        return call<void(error_code, presence_result)>(std::forward<Token>(token), &detail::appear, ids.take(),
                                                       detail::owned(options, std::nullopt));
    }
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_online(id_list ids, Token&& token = {})
    {
        return async_online(std::move(ids), online_options{}, std::forward<Token>(token));
    }

    // The same with a status: online, busy, away, out_of_office; offline is async_offline (errc::bad_argument: unknown). It lasts over refreshes, until another one
    // or the end; so do text and value, which are those of the id, whoever sets them.
    // Signature: void(error_code, presence_result).
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_set_status(id_list ids, status what, online_options options, Token&& token = {})
    {
        return call<void(error_code, presence_result)>(std::forward<Token>(token), &detail::appear, ids.take(),
                                                       detail::owned(options, what));
    }
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_set_status(id_list ids, status what, Token&& token = {})
    {
        return async_set_status(std::move(ids), what, online_options{}, std::forward<Token>(token));
    }

    // A source, or all of them, say that these are gone. Who is told of by another source stays.
    // Signature: void(error_code, presence_result).
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_offline(id_list ids, offline_options options, Token&& token = {})
    {
        return call<void(error_code, presence_result)>(std::forward<Token>(token), &detail::disappear, ids.take(), detail::owned(options));
    }
    template <detail::token_for<void(error_code, presence_result)> Token = asio::deferred_t>
    auto async_offline(id_list ids, Token&& token = {})
    {
        return async_offline(std::move(ids), offline_options{}, std::forward<Token>(token));
    }

    // How they are, in this order and number. Read from the store; nobody past his time is there.
    // Signature: void(error_code, std::vector<presence_info>).
    template <detail::token_for<void(error_code, std::vector<presence_info>)> Token = asio::deferred_t>
    auto async_status(id_list ids, Token&& token = {})
    {
        return call<void(error_code, std::vector<presence_info>)>(std::forward<Token>(token), &detail::look_up, ids.take());
    }

    // How many are there. Signature: void(error_code, std::uint64_t).
    template <detail::token_for<void(error_code, std::uint64_t)> Token = asio::deferred_t>
    auto async_count(Token&& token = {})
    {
        return call<void(error_code, std::uint64_t)>(std::forward<Token>(token), &detail::count);
    }

    // Opens a stream of the changes of all ids, or of some. This program hears of every change in the shards of those; it keeps only what is watched.
    // Signature: void(error_code, presence_events).
    template <detail::token_for<void(error_code, presence_events)> Token = asio::deferred_t>
    auto async_watch(Token&& token = {})
    {
        return call<void(error_code, presence_events)>(std::forward<Token>(token), &detail::watch_presence,
                                                       std::optional<std::vector<std::string>>{});
    }
    template <detail::token_for<void(error_code, presence_events)> Token = asio::deferred_t>
    auto async_watch(id_list ids, Token&& token = {})
    {
        return call<void(error_code, presence_events)>(std::forward<Token>(token), &detail::watch_presence, std::optional{ids.take()});
    }

    // How the members of a party are: a named set of ids, kept here or (foreign_key) by somebody else. One round trip for the set, then one to each shard.
    // Nobody: there is no such set. Signature: void(error_code, std::map<std::string, presence_info>).
    // Limits: 100,000 ids; names 1 to 512 bytes without {, } and control characters.
    template <detail::token_for<void(error_code, std::map<std::string, presence_info>)> Token = asio::deferred_t>
    auto async_party(std::string_view name, party_options options, Token&& token = {})
    {
        return call<void(error_code, std::map<std::string, presence_info>)>(std::forward<Token>(token), &detail::party, std::string{name},
                                                                            std::string{options.foreign_key});
    }
    template <detail::token_for<void(error_code, std::map<std::string, presence_info>)> Token = asio::deferred_t>
    auto async_party(std::string_view name, Token&& token = {})
    {
        return async_party(name, party_options{}, std::forward<Token>(token));
    }

    // Adds ids to a party, or takes some away. It is kept until it is empty. Signature: void(error_code, std::uint64_t): how many that changed.
    template <detail::token_for<void(error_code, std::uint64_t)> Token = asio::deferred_t>
    auto async_party_add(std::string_view name, id_list ids, Token&& token = {})
    {
        return call<void(error_code, std::uint64_t)>(std::forward<Token>(token), &detail::change_party, std::string{name}, ids.take(),
                                                     std::vector<std::string>{});
    }
    template <detail::token_for<void(error_code, std::uint64_t)> Token = asio::deferred_t>
    auto async_party_remove(std::string_view name, id_list ids, Token&& token = {})
    {
        return call<void(error_code, std::uint64_t)>(std::forward<Token>(token), &detail::change_party, std::string{name},
                                                     std::vector<std::string>{}, ids.take());
    }

    // Ends every stream and every other operation (errc::closed). Nobody goes offline by it: say so before. Signature: void(error_code).
    template <detail::token_for<void(error_code)> Token = asio::deferred_t>
    auto async_close(Token&& token = {})
    {
        return call<void(error_code)>(std::forward<Token>(token), &detail::close_presence);
    }

private:
    template <class Signature, class Token, class Function, class... Owned>
    auto call(Token&& token, Function* function, Owned... owned)
    {
        return detail::initiate<Signature>(
            get_executor(), std::forward<Token>(token),
            [space = space_, function, ... owned = std::move(owned)](auto handler) { function(space, owned..., std::move(handler)); });
    }

    std::shared_ptr<session::presence_space> space_;
};

}  // namespace coterie

#endif
