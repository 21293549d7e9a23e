// The way to a store, shared by all that uses it.
#ifndef COTERIE_CLIENT_HPP
#define COTERIE_CLIENT_HPP

#include <coterie/clock.hpp>
#include <coterie/error.hpp>
#include <coterie/log.hpp>
#include <coterie/metrics.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coterie {

namespace session {
class hub;
}

struct client_config
{
    // How long an operation goes on trying, reconnects included, before it fails with errc::not_connected (nothing was sent),
    // errc::outcome_unknown (something was), or what the server said when it turned the connection away. 1 ms to 7 days.
    std::chrono::milliseconds timeout{4000};

    // A server that has not answered a request for this long is given up and connected to anew. Must be well below the
    // part of a lease that follows its beat (2.5 s by default), or a half-open connection costs the lease. 1 ms to 7 days.
    std::chrono::milliseconds response_timeout{1500};

    // How the server's CLIENT LIST names this program. Printable ASCII without spaces.
    std::string name = "coterie";

    log_config log{};

    // Empty: make_clock(). Tests put a testing::virtual_clock here.
    std::shared_ptr<coterie::clock> clock{};

    // For tests that shall repeat: what the jitter and the names of sessions are drawn from. Another one for each client, or they take each other's
    // sessions. Default: what the machine has.
    std::optional<std::uint64_t> seed{};
};

// A shared handle to one store: at most two connections (commands, events), however many connectors and locks use it.
//
// URLs: redis://[[user]:password@]host[:port][/database], valkey://...; rediss:// and valkeys:// with TLS (SSL_CERT_FILE: whom to trust);
// unix://[[user]:password@]/path/to/socket[?db=N]; memory: (private to this client), memory:NAME (shared in the process).
//
// Object lifetimes: copies share one state; what was made from a client keeps it alive. When the last one is gone the
// connections close, and `executor`'s context has no more work from here. All of them must be gone before that context is destroyed (the destructor of
// an Asio strand looks for it there); coroutines and operations that are under way may be destroyed with it.
// Executor: everything runs on one strand of `executor`; no thread is made.
// Thread safety: every member may be called from any thread.
class client
{
public:
    // Does no I/O: the first operation connects. Throws std::invalid_argument that names the part of the URL or the field
    // of the config that is wrong.
    client(boost::asio::any_io_executor executor, std::string_view url, client_config config);

    // With the defaults. Not a default argument: g++ 12 destroys it twice when the client is made in a co_await expression.
    client(boost::asio::any_io_executor executor, std::string_view url);

    boost::asio::any_io_executor get_executor() const;

    // What happened so far; counts never go back.
    coterie::metrics metrics() const;

private:
    friend class group_connector;
    friend class memo;
    friend class presence;
    std::shared_ptr<session::hub> hub_;
};

}  // namespace coterie

#endif
