// Waits for replicas (WAIT), over a link of its own: the server holds up everything else on the connection meanwhile. The link is made when
// it is used first. Those who ask while others wait are asked for together, after them.
#ifndef COTERIE_SRC_STORE_REDIS_REPLICATOR_HPP
#define COTERIE_SRC_STORE_REDIS_REPLICATOR_HPP

#include "../store.hpp"
#include "link.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coterie::redis {

class replicator : public std::enable_shared_from_this<replicator>
{
public:
    replicator(std::shared_ptr<link>, std::chrono::milliseconds patience);

    void stop();
    void submit(std::string const& group, store::operation const&, store::store::handler);

private:
    struct waiter
    {
        std::string group;
        store::operation what;
        store::store::handler done;
    };

    void on_up();
    void on_down(boost::system::error_code);
    void send_next();
    static void answer(std::vector<waiter>, boost::system::error_code, replies);

    std::shared_ptr<link> link_;
    std::chrono::milliseconds const patience_;
    std::vector<waiter> waiting_;
    bool under_way_ = false;
};

}  // namespace coterie::redis

#endif
