// Executes operations: each is one call of a script, sent over one link.
#ifndef COTERIE_SRC_STORE_REDIS_COMMANDER_HPP
#define COTERIE_SRC_STORE_REDIS_COMMANDER_HPP

#include "../store.hpp"
#include "encode.hpp"
#include "link.hpp"
#include "logger.hpp"

#include <functional>
#include <memory>
#include <string>

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

    void submit(std::string const& group, store::operation, store::store::handler);

private:
    void prepare();
    void on_prepared(replies const&);
    void execute(call, bool with_text, std::size_t operation, store::store::handler);
    void answer(call, std::size_t operation, store::store::handler, resp_value);

    std::shared_ptr<link> link_;
    logger log_;
    listener listener_;
    bool scripts_kept_ = true;  // the server let us load them; else each call carries its script's text
    std::string policy_;        // for memory, as last warned of
};

}  // namespace coterie::redis

#endif
