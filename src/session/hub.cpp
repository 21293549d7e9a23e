#include "hub.hpp"

#include "../core/limits.hpp"
#include "../core/store_url.hpp"
#include "../store/memory/make_store.hpp"
#include "../store/redis/make_store.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace coterie::session {
namespace {

client_config checked(client_config config, asio::any_io_executor const& user)
{
    using namespace std::chrono_literals;
    auto const sensible = [](std::chrono::milliseconds time) { return time >= 1ms && time <= 7 * 24h; };
    core::require(sensible(config.timeout), "timeout", "must be 1 ms to 7 days");
    core::require(sensible(config.response_timeout), "response_timeout", "must be 1 ms to 7 days");
    auto const printable = [](char c) { return c > ' ' && c < 0x7f; };
    core::require(!config.name.empty() && std::all_of(config.name.begin(), config.name.end(), printable), "name",
                  "must be printable ASCII without spaces");
    if (!config.clock)
        config.clock = make_clock(user);
    return config;
}

std::unique_ptr<store::store> make_store(core::store_url const& url, executor const& strand, client_config const& config)
{
    if (url.kind == core::store_kind::memory)
        return store::make_memory_store(url.name, {.response_timeout = config.response_timeout}, strand, config.clock, config.log);
    redis::redis_options options;
    options.response_timeout = config.response_timeout;
    options.client_name = config.name;
    return redis::make_redis_store(url, options, strand, config.clock, config.log);
}

}  // namespace

std::shared_ptr<hub> hub::make(asio::any_io_executor user, std::string_view url, client_config config)
{
    auto owned = std::make_unique<hub>(std::move(user), url, std::move(config));
    auto const strand = owned->strand();
    return {owned.release(), [strand](hub* last) { asio::post(strand, [owner = std::unique_ptr<hub>{last}] {}); }};
}

hub::hub(asio::any_io_executor user, std::string_view url, client_config config)
    : user_executor_{std::move(user)}
    , strand_{store::make_executor(user_executor_)}
    , config_{checked(std::move(config), user_executor_)}
    , store_{make_store(core::parse_store_url(url), strand_, config_)}
    , link_changed_{strand_, *config_.clock}
    , random_{config_.seed.value_or(std::random_device{}())}
{
}

hub::~hub()
{
    store_->stop();
}

store::store& hub::storage()
{
    if (!std::exchange(started_, true))
        store_->start(*this);
    return *store_;
}

void hub::watch(void const* who, store::topic const& what, store::store::watch_handler handler)
{
    watching_[what].insert(who);
    storage().watch(what, std::move(handler));
}

void hub::unwatch(void const* who, store::topic const& what)
{
    auto const found = watching_.find(what);
    if (found == watching_.end() || found->second.erase(who) == 0 || !found->second.empty())
        return;
    watching_.erase(found);
    storage().unwatch(what);
}

std::string hub::random_id()
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    std::random_device device;
    std::string id(16, '\0');
    std::generate(id.begin(), id.end(), [&] { return alphabet[(config_.seed ? random_() : device()) % alphabet.size()]; });
    return id;
}

void hub::on_up(std::uint64_t generation)
{
    ++counters_.connects;
    log(log_level::info, "connected to the store (connection {})", generation);
    up_ = true;
    failing_ = false;
    generation_ = generation;
    link_changed_.notify();
    for (auto* user : std::vector{users_})
        user->on_link();
}

void hub::on_down(error_code why)
{
    if (up_ || why != why_down_)
        log(log_level::warning, "no connection to the store: {}", why.message());
    up_ = false;
    failing_ = true;
    why_down_ = why;
    link_changed_.notify();
    for (auto* user : std::vector{users_})
        user->on_link();
}

void hub::on_event(std::string const& group, core::event const& event)
{
    for (auto* user : std::vector{users_})
        if (user->group() == group)
            user->on_event(event);
}

void hub::on_grant(std::string const& group, store::grant const& granted)
{
    for (auto* user : std::vector{users_})
        if (user->group() == group)
            user->on_grant(granted);
}

void hub::on_news(std::string const& address, store::news const& told)
{
    for (auto* user : std::vector{users_})
        user->on_news(address, told);
}

void hub::on_gap()
{
    for (auto* user : std::vector{users_})
        user->on_gap();
}

}  // namespace coterie::session
