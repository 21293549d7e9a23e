// A store server in this process: groups by name, the connections to it, and what it does wrong on demand.
//
// Thread safety: every member may be called from any thread. One lock guards all; it is recursive, since the functions of `faults`
// may call the server.
#ifndef COTERIE_SRC_STORE_MEMORY_SERVER_HPP
#define COTERIE_SRC_STORE_MEMORY_SERVER_HPP

#include "connection.hpp"
#include "containers.hpp"
#include "faults.hpp"
#include "group_state.hpp"
#include "memo_state.hpp"
#include "shard_state.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::store::memory {

class server : public std::enable_shared_from_this<server>
{
public:
    server(std::shared_ptr<clock>, std::uint64_t seed);

    // The client's end.
    link_id connect(std::weak_ptr<client_end>, executor);
    void hang_up(link_id);
    void send(link_id, message);
    void unwatch(link_id, topic const&);
    double chance();  // random in [0, 1)

    // The test's end.
    template <typename Change>
    void configure(Change change)
    {
        std::lock_guard const guard{mutex_};
        change(faults_);
    }
    void thaw();
    void lose_data();
    void copy_to_replica();
    void fail_over();
    void disconnect_all();
    void step_time(clock::duration);
    std::size_t connections() const;
    std::vector<std::string> groups() const;
    std::string dump(std::string_view address) const;

private:
    using connection_ptr = std::shared_ptr<connection>;

    struct contents
    {
        containers<group_state> groups{};
        containers<shard_state> shards{};
        containers<memo_state> memos{};
    };

    void accept(connection_ptr const&);
    void arrive(connection_ptr const&, message, testing::request_fault const&);
    void send_again(connection_ptr const&, message, clock::duration reply_delay);
    void execute(connection_ptr const&, message, testing::request_fault const&);
    void answer(connection_ptr const&, response, clock::duration delay);
    void publish(std::string const& group, push const&);
    void deliver(connection_ptr const&, std::string const& group, push const&, testing::push_fault const&);
    void disconnect(connection_ptr const&);
    void pass(connection_ptr const&, delay_line connection::*, clock::duration delay, delay_line::arrival);
    void drain(connection_ptr const&, delay_line connection::*);
    outcome apply(std::string const& address, operation const&);
    instant now() const;

    mutable std::recursive_mutex mutex_;
    std::shared_ptr<clock> const clock_;
    instant const first_instant_;
    clock::time_point const first_now_;
    clock::duration step_{};
    std::mt19937_64 random_;
    faults faults_;
    std::map<link_id, connection_ptr> connections_;
    contents data_;
    contents replica_;
    std::deque<std::function<void(server&)>> backlog_;  // came while frozen
    link_id last_link_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t pushes_ = 0;
};

}  // namespace coterie::store::memory

#endif
