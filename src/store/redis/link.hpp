// A connection to the server that is made again whenever it ends.
//
// Every trap of Boost.Redis is met here, in wire.hpp or in uncounted.hpp. Runs on the strand alone.
#ifndef COTERIE_SRC_STORE_REDIS_LINK_HPP
#define COTERIE_SRC_STORE_REDIS_LINK_HPP

#include "../../core/backoff.hpp"
#include "../store.hpp"
#include "alarm.hpp"
#include "collector.hpp"
#include "logger.hpp"
#include "topology.hpp"
#include "wire.hpp"

#include <boost/asio/any_completion_handler.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace coterie::redis {

enum class traffic
{
    commands,  // replies in order; Boost.Redis matches them
    pushes,    // subscriptions: see uncounted.hpp
};

struct link_options
{
    traffic kind = traffic::commands;
    std::chrono::milliseconds response_timeout{};
    std::chrono::milliseconds connect_timeout{};
    std::string client_name;
};

class link : public std::enable_shared_from_this<link>
{
public:
    using error_code = boost::system::error_code;

    // Called from the strand, never from inside a call of a member, but for drop().
    struct listener
    {
        std::function<void(std::uint64_t generation)> on_up;
        std::function<void(error_code)> on_down;  // after each try that failed, and when the connection ends
        std::function<void(resp_value)> on_push;
    };

    // Either an error or the replies of all commands of the request; an error reply of the server is a reply.
    using handler = boost::asio::any_completion_handler<void(error_code, replies)>;

    link(link_options, topology, store::executor, std::shared_ptr<clock>, logger);

    void start(listener);
    void stop();  // what is under way completes with errc::closed

    store::executor const& executor() const noexcept { return executor_; }
    bool is_up() const noexcept { return up_; }
    bool is_started() const noexcept { return started_; }
    bool is_idle() const noexcept { return in_flight_.empty(); }

    // Completes exactly once: with errc::not_connected if it did not leave, errc::outcome_unknown if it did and no reply came.
    void send(boost::redis::request, handler);

    // Ends the connection, if there is one, and makes a new one.
    void drop(error_code why);

private:
    struct command
    {
        std::size_t expected = 0;  // replies
        std::shared_ptr<replies> answers = std::make_shared<replies>();
        handler done;
        clock::time_point sent;
        std::uint64_t ordinal = 0;  // in the count of wire::written()
    };

    void connect();
    void connect_later();
    void on_end(error_code);
    void on_handshake(error_code, replies);
    void on_message(resp_value);
    void write(boost::redis::request, handler);
    void finish(std::shared_ptr<command> const&);
    void fail(handler, error_code);
    void watch_replies();
    double chance();

    link_options options_;
    topology topology_;
    store::executor executor_;
    std::shared_ptr<clock> clock_;
    logger log_;
    listener listener_;
    core::backoff backoff_;
    std::minstd_rand random_;
    alarm connect_alarm_;   // the pause before a try, then the end of the try
    alarm response_alarm_;  // when the oldest command may be overdue
    std::shared_ptr<wire> wire_;
    std::deque<std::shared_ptr<command>> in_flight_;
    std::uint64_t generation_ = 0;
    bool started_ = false;
    bool stopped_ = false;
    bool up_ = false;
};

}  // namespace coterie::redis

#endif
