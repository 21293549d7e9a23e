// One connection of Boost.Redis, from one try to connect to its end. Never used again: a late completion cannot meet a newer one.
#ifndef COTERIE_SRC_STORE_REDIS_WIRE_HPP
#define COTERIE_SRC_STORE_REDIS_WIRE_HPP

#include "../store.hpp"
#include "collector.hpp"
#include "topology.hpp"

#include <boost/redis/connection.hpp>
#include <boost/redis/request.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace coterie::redis {

// All on the strand. Nothing is called from inside a call, and nothing after drop().
class wire : public std::enable_shared_from_this<wire>
{
public:
    struct listener
    {
        std::function<void(boost::system::error_code)> on_end;  // it was cut, or could not connect
        std::function<void(resp_value)> on_message;             // a push, or the answer to a request that is not counted
    };

    wire(store::executor const&, topology const&, std::chrono::milliseconds connect_timeout, listener);

    // Requests may be written before: they are sent once it is connected.
    void run();

    // Sends a request, the replies into `to`; `done` when all are there, or the request was only sent (see uncounted.hpp).
    // The caller's cancellation does not reach it: Boost.Redis would give up the connection.
    using done_function = std::function<void()>;
    void write(std::shared_ptr<boost::redis::request const>, std::shared_ptr<replies> to, done_function done);

    // How many commands were handed to write(), and how many of them it has begun to send: those after it have not left.
    std::uint64_t written() const noexcept { return written_; }
    std::uint64_t begun() const noexcept { return connection_.get_usage().commands_sent; }

    void drop();

private:
    void receive();

    boost::redis::any_adapter collect_pushes();

    boost::redis::config config_;
    boost::redis::connection connection_;
    listener listener_;
    replies inbox_;  // whole messages that came and were not reported yet
    std::uint64_t written_ = 0;
    bool dropped_ = false;
};

}  // namespace coterie::redis

#endif
