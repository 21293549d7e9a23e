// Executes operations: each is one call of a script, sent over one link. What is submitted while others are under way goes in one request of
// several calls, which costs Boost.Redis as much as a request of one; not too many, so that the first answers come while the last are executed.
#ifndef COTERIE_SRC_STORE_REDIS_COMMANDER_HPP
#define COTERIE_SRC_STORE_REDIS_COMMANDER_HPP

#include "../store.hpp"
#include "encode.hpp"
#include "link.hpp"
#include "logger.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coterie::redis {

class commander : public std::enable_shared_from_this<commander>
{
public:
    struct listener
    {
        std::function<void(std::uint64_t generation)> on_up;
        std::function<void(boost::system::error_code)> on_down;
    };

    commander(std::shared_ptr<link>, logger);

    void start(listener);
    void stop();

    void submit(std::string const& group, store::operation const&, store::store::handler);

private:
    static constexpr std::size_t most_at_once = 16;

    struct execution
    {
        call what;
        std::size_t operation;  // its index
        store::store::handler done;
    };

    void prepare();
    void on_prepared(replies const&);
    void flush();
    void execute(std::vector<execution>, naming);
    void answer(execution, resp_value);

    std::shared_ptr<link> link_;
    logger log_;
    listener listener_;
    std::vector<execution> waiting_;  // to be sent together
    bool scripts_kept_ = true;        // the server let us load them; else each call carries its script's text
    std::string policy_;              // for memory, as last warned of
};

}  // namespace coterie::redis

#endif
