#include "redis_store.hpp"

#include <algorithm>
#include <utility>

namespace coterie::redis {

using coterie::store::observer;

static std::shared_ptr<link> make_link(traffic kind, core::store_url const& url, redis_options const& options,
                                       coterie::store::executor const& executor, std::shared_ptr<clock> const& clock, logger const& log)
{
    link_options wanted;
    wanted.kind = kind;
    wanted.response_timeout = options.response_timeout;
    wanted.connect_timeout = options.connect_timeout;
    wanted.client_name = options.client_name;
    return std::make_shared<link>(std::move(wanted), topology{url}, executor, clock, log);
}

redis_store::redis_store(core::store_url url, redis_options options, coterie::store::executor executor, std::shared_ptr<clock> clock,
                         log_config const& config)
{
    logger const commands{config, "commands: "};
    logger const events{config, "events: "};
    commander_ = std::make_shared<commander>(make_link(traffic::commands, url, options, executor, clock, commands), commands);
    subscriber_ = std::make_shared<subscriber>(make_link(traffic::pushes, url, options, executor, clock, events), executor, clock, events);
    logger const replicas{config, "replicas: "};
    replicator_ = std::make_shared<replicator>(make_link(traffic::commands, url, options, executor, clock, replicas),
                                               std::max(options.response_timeout / 2, std::chrono::milliseconds{1}));
}

void redis_store::start(observer& to)
{
    audience_->observer = &to;
    auto const tell = [audience = audience_](auto member) {
        return [audience, member](auto const&... arguments) {
            if (audience->observer)
                (audience->observer->*member)(arguments...);
        };
    };
    subscriber_->start({.on_event = tell(&observer::on_event),
                        .on_grant = tell(&observer::on_grant),
                        .on_news = tell(&observer::on_news),
                        .on_gap = tell(&observer::on_gap)});
    commander_->start({.on_up = tell(&observer::on_up), .on_down = tell(&observer::on_down)});
}

void redis_store::stop()
{
    audience_->observer = nullptr;
    commander_->stop();
    subscriber_->stop();
    replicator_->stop();
}

void redis_store::submit(std::string group, coterie::store::operation operation, handler done)
{
    if (std::holds_alternative<coterie::store::replicate>(operation))
        replicator_->submit(group, operation, std::move(done));
    else
        commander_->submit(group, operation, std::move(done));
}

void redis_store::watch(coterie::store::topic const& what, watch_handler done)
{
    subscriber_->watch(what, std::move(done));
}

void redis_store::unwatch(coterie::store::topic const& what)
{
    subscriber_->unwatch(what);
}

std::unique_ptr<coterie::store::store> make_redis_store(core::store_url url, redis_options options, coterie::store::executor executor,
                                                        std::shared_ptr<clock> clock, log_config const& log)
{
    return std::make_unique<redis_store>(std::move(url), std::move(options), std::move(executor), std::move(clock), log);
}

}  // namespace coterie::redis
