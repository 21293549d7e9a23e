#include "connector.hpp"

#include "../core/limits.hpp"
#include "stocktaking.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace coterie::session {
namespace {

group_config checked(group_config config)
{
    using namespace std::chrono_literals;
    core::require(!core::check_name(config.group_name), "group_name", "must be 1 to 512 bytes without {, } and control characters");
    core::require(config.heartbeat >= 10ms && config.heartbeat <= 24h, "heartbeat", "must be 10 ms to 1 day");
    if (!config.ttl)
        config.ttl = config.heartbeat + config.heartbeat / 2;
    core::require(*config.ttl <= 7 * 24h && *config.ttl - core::lease::margin(*config.ttl) > config.heartbeat, "ttl",
                  "must be more than heartbeat by over 2 % (at least 2 ms, at most 200 ms), and at most 7 days");
    if (config.member.empty())
        config.member = asio::ip::host_name();
    core::require(!core::check_name(config.member), "member", "must be 1 to 512 bytes without {, } and control characters");
    return config;
}

}  // namespace

std::shared_ptr<connector> connector::make(std::shared_ptr<hub> shared, group_config config)
{
    auto const strand = shared->strand();
    auto owned = std::make_unique<connector>(std::move(shared), std::move(config));
    return {owned.release(), [strand](connector* last) { asio::post(strand, [owner = std::unique_ptr<connector>{last}] {}); }};
}

connector::connector(std::shared_ptr<hub> shared, group_config config)
    : hub_{std::move(shared)}
    , config_{checked(std::move(config))}
    , session_{*hub_, config_.group_name, {*config_.ttl, config_.heartbeat}, config_.quarantine, *this}
    , watcher_{*hub_, session_, config_.group_name, [this] { return shared_from_this(); }}
    , members_{*hub_, session_, [this](core::event const& event) { watcher_.on_own_event(event); }}
    , locks_{*hub_, session_, config_.group_name, [this] { reap_timer_.look(); }, [this] { return shared_from_this(); }}
    , data_{*hub_, session_}
    , reap_timer_{*hub_, session_, [this](core::event const& event) { watcher_.on_own_event(event); }}
    , closed_signal_{hub_->strand(), hub_->time()}
{
}

connector::~connector()
{
    if (attached_)
        hub_->detach(*this);
}

void connector::need_session()
{
    if (closing_)
        return;
    session_.start(shared_from_this());
    reap_timer_.start(shared_from_this());
}

void connector::register_caller(std::shared_ptr<caller_base> const& asking)
{
    if (!std::exchange(attached_, true))
        hub_->attach(*this);
    asking->deadline = hub_->now() + hub_->config().timeout;
    callers_.add(asking);
}

void connector::on_link()
{
    session_.on_link();
    locks_.on_link();
}

void connector::on_event(core::event const& event)
{
    if (event.is_look())
        reap_timer_.look();
    else
        watcher_.on_event(event);
}

void connector::on_beat(std::uint64_t beats, store::horizon const& seen, core::local_time received)
{
    reap_timer_.on_beat(beats, seen, received);
}

void connector::on_epoch()
{
    ++hub_->count().epochs;
    hub_->log(log_level::warning, "group {}: its keys are gone: the store lost its data, or every lease of the group ended",
              config_.group_name);
    watcher_.catch_up();
}

// A lock with a lease of its own outlives a session, but not lost data: look in any case.
task<error_code> connector::verify(store::caller who, bool resumed)
{
    error_code failed;
    if (!closing_)
        failed = co_await locks_.verify(who);
    if (!failed && resumed)  // after it: a place whose grant does not stand any more may have been granted anew
        failed = co_await take_stock(*hub_, config_.group_name, who, locks_, members_);
    co_return failed;
}

task<error_code> connector::restore(store::caller who)
{
    members_.begin_restoring(who.session);
    data_.begin_restoring(who.session);
    auto const failed = co_await restore_some(who);
    watcher_.catch_up();
    co_return failed;
}

// However much is missing, and however slow the way, the next beat is in time: half a heartbeat after the last one this ends, but for one
// batch or one value at least. Those who come first take turns.
task<error_code> connector::restore_some(store::caller who)
{
    if (closing_)
        co_return error_code{};
    auto const until = session_.half_time();
    auto const at_least_one = [&] { return std::max(until, hub_->now() + std::chrono::nanoseconds{1}); };
    bool const values_first = std::exchange(values_first_, !values_first_) && data_.is_restoring();
    bool const members_first = !values_first && members_.is_restoring();
    error_code failed;
    if (values_first)
        failed = co_await data_.restore(config_.group_name, who, at_least_one());
    if (!failed && !closing_)
        failed = co_await members_.restore(config_.group_name, who, values_first ? until : at_least_one());
    if (!failed && !closing_ && !values_first)
        failed = co_await data_.restore(config_.group_name, who, members_first ? until : at_least_one());
    co_return failed;
}

task<> connector::on_beaten(store::caller who)
{
    co_await locks_.verify_inherited(who);
    co_await restore_some(who);
}

task<> connector::close(std::shared_ptr<caller<>> asking)
{
    while (closing_ && !closed_)
        co_await closed_signal_.wait();
    if (closed_)
        co_return asking->succeed();

    closing_ = true;
    members_.stop_restoring();
    data_.stop_restoring();
    auto const until = hub_->now() + hub_->config().timeout;
    callers_.fail_all(errc::closed, asking.get());
    watcher_.close();
    session_.stop_calls();
    co_await locks_.close(until);
    auto const ec = co_await session_.close(until);
    reap_timer_.stop();
    if (std::exchange(attached_, false))
        hub_->detach(*this);
    closed_ = true;
    closed_signal_.notify();
    asking->answer(ec);
}

void connector::close_in_background()
{
    spawn(hub_->strand(), [self = shared_from_this()]() -> task<> {
        auto const nobody = caller<>::make(self->hub_->strand(), self->hub_->user_executor(), [](error_code) {});
        co_await self->close(nobody);
    });
}

void connector::release_in_background(std::shared_ptr<hold> given)
{
    spawn(hub_->strand(), [given]() -> task<> {
        co_await given->owner->locks_.release(given->lock, false, nullptr);
        given->lock->ended().notify();  // other holds may go on, waits for the loss of this one do not
    });
}

}  // namespace coterie::session
