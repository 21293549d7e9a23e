#include "wire.hpp"

#include <boost/asio/post.hpp>
#include <boost/redis/logger.hpp>

#include <exception>
#include <utility>

namespace coterie::redis {

namespace asio = boost::asio;
using boost::system::error_code;

static boost::redis::config configure(topology const& where, std::chrono::milliseconds connect_timeout)
{
    auto result = where.target();
    result.use_setup = true;
    result.setup.clear();  // the link makes the handshake: it wants to read the answers
    result.resolve_timeout = connect_timeout;
    result.connect_timeout = connect_timeout;
    result.ssl_handshake_timeout = connect_timeout;
    result.health_check_interval = std::chrono::seconds::zero();    // the link looks for itself
    result.reconnect_wait_interval = std::chrono::seconds::zero();  // the link connects anew
    result.read_buffer_append_size = 16 * 1024;
    return result;
}

wire::wire(store::executor const& executor, topology const& where, std::chrono::milliseconds connect_timeout, listener hears)
    : config_{configure(where, connect_timeout)}
    , connection_{executor, where.tls(), boost::redis::logger{boost::redis::logger::level::disabled}}
    , listener_{std::move(hears)}
{
    auto adapter = collect_pushes();
    connection_.set_receive_response(adapter);
}

boost::redis::any_adapter wire::collect_pushes()
{
    using boost::redis::any_adapter;
    // The connection keeps the adapter and is a part of this: the pointer lives as long.
    return any_adapter{
        [this, message = replies{}](any_adapter::parse_event event, boost::redis::resp3::node_view const& node, error_code&) mutable {
            if (event == any_adapter::parse_event::init)
                message.clear();
            else if (event == any_adapter::parse_event::node)
                add_node(message, node);
            else if (!message.empty())
                inbox_.push_back(std::move(message.front()));
        }};
}

void wire::run()
{
    connection_.async_run(config_, [self = shared_from_this()](error_code error) {
        if (!self->dropped_)
            self->listener_.on_end(error);
    });
    receive();
}

void wire::receive()
{
    // Without a reader of pushes Boost.Redis would stop reading replies too.
    connection_.async_receive2([self = shared_from_this()](error_code error) {
        if (error || self->dropped_)
            return;
        for (auto& message : std::exchange(self->inbox_, {}))
        {
            if (!self->dropped_)
                self->listener_.on_message(std::move(message));
        }
        if (!self->dropped_)
            self->receive();
    });
}

void wire::write(std::shared_ptr<boost::redis::request const> request, std::shared_ptr<replies> to, done_function done)
{
    written_ += request->get_commands();
    auto const& reference = *request;
    connection_.async_exec(
        reference, collect(std::move(to)),
        [self = shared_from_this(), request = std::move(request), done = std::move(done)](error_code error, std::size_t) {
            // An error means that the connection ends, which on_end or drop() deals with.
            if (!error && done && !self->dropped_)
                done();
        });
}

// What has not left yet must not reach the server any more: after a close the system would go on sending it, for minutes, and undo what was asked
// for on a later connection. So a connection by TCP ends with a reset. (Boost.Redis means to take the access to its socket away. Then
// system.network fails.)
template <class Connection>
static void reset(Connection& which)
{
    if constexpr (requires { which.next_layer(); })
    {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        auto& socket = which.next_layer().next_layer();
#pragma GCC diagnostic pop
        error_code ignored;
        socket.set_option(asio::socket_base::linger{true, 0}, ignored);
        socket.close(ignored);  // the destructor would not linger so
    }
}

void wire::drop()
{
    if (std::exchange(dropped_, true))
        return;
    reset(connection_);  // now: what was not begun yet must not be begun
    // Not from here: this may be the end of the context, and Boost.Redis must not be touched once its channels are shut down.
    asio::post(connection_.get_executor(), [self = shared_from_this()] { self->connection_.cancel(); });
}

}  // namespace coterie::redis
