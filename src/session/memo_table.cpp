#include "memo_table.hpp"

#include "../core/limits.hpp"
#include "../core/memo_life.hpp"
#include "ask.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <utility>

namespace coterie::session {
namespace {

using namespace std::chrono_literals;

memo_config checked(memo_config config)
{
    core::require(config.tag.size() <= 256 && !core::check_name(config.tag), "tag",
                  "must be 1 to 256 bytes without {, } and control characters");
    core::require(config.lock_timeout >= 10ms && config.lock_timeout <= 7 * 24h, "lock_timeout", "must be 10 ms to 7 days");
    core::require(config.ttl_jitter >= 0 && config.ttl_jitter <= 0.9, "ttl_jitter", "must be 0 to 0.9");
    core::require(config.stale >= 0ms && config.stale <= 366 * 24h, "stale", "must be 0 to 366 days");
    core::require(config.early_refresh >= 0 && config.early_refresh <= 100, "early_refresh", "must be 0 to 100");
    core::require(config.local_ttl >= 1ms && config.local_ttl <= 24h, "local_ttl", "must be 1 ms to 1 day");
    return config;
}

}  // namespace

std::shared_ptr<memo_table> memo_table::make(std::shared_ptr<hub> shared, memo_config config)
{
    auto const strand = shared->strand();
    auto owned = std::make_unique<memo_table>(std::move(shared), std::move(config));
    return {owned.release(), [strand](memo_table* last) { asio::post(strand, [owner = std::unique_ptr<memo_table>{last}] {}); }};
}

memo_table::memo_table(std::shared_ptr<hub> shared, memo_config config)
    : hub_{std::move(shared)}
    , config_{checked(std::move(config))}
    , cache_{config_.local_entries, config_.local_bytes}
{
}

memo_table::~memo_table()
{
    stop_listening(cache_.shut());
    if (attached_)
        hub_->detach(*this);
}

// False: closed.
bool memo_table::begin(std::shared_ptr<caller_base> const& asking)
{
    if (*closed_)
        return asking->fail(errc::closed), false;
    if (!std::exchange(attached_, true))
        hub_->attach(*this);
    asking->deadline = hub_->now() + hub_->config().timeout;
    callers_.add(asking);
    return true;
}

std::shared_ptr<memo_flight> memo_table::flight_of(std::string_view id) const
{
    auto const found = flights_.find(id);
    return found == flights_.end() ? nullptr : found->second.lock();
}

void memo_table::get(std::string const& id, std::shared_ptr<memo_waiter> one)
{
    if (*closed_)
        return one->fail(errc::closed);
    if (!std::exchange(attached_, true))
        hub_->attach(*this);
    auto flight = flight_of(id);
    bool const is_new = !flight;
    if (is_new)
        flights_[id] = flight = std::make_shared<memo_flight>(*this, id);
    flight->join(std::move(one));
    if (is_new)
        spawn(hub_->strand(), [self = shared_from_this(), flight, id]() -> task<> {
            co_await flight->run();
            self->flights_.erase(id);
        });
}

task<> memo_table::put(std::string id, memo_result result, std::shared_ptr<caller<>> asking)
{
    if (!begin(asking))
        co_return;
    store::memo_store operation;
    operation.kind = result.value ? store::memo_kind::value : store::memo_kind::negative;
    operation.bytes = std::move(result.value).value_or("");
    operation.ttl = core::jittered(result.ttl, config_.ttl_jitter, hub_->chance());
    operation.stale = config_.stale;
    auto const stored = co_await ask(*hub_, address(id), std::move(operation), asking, closed_);
    if (!stored.ec)
        outdate(id, stored.value.fence);
    asking->answer(stored.ec);
}

task<> memo_table::invalidate(std::string id, std::shared_ptr<caller<bool>> asking)
{
    if (!begin(asking))
        co_return;
    auto const erased = co_await ask(*hub_, address(id), store::memo_erase{}, asking, closed_);
    if (!erased.ec)
        outdate(id, erased.value.fence);
    asking->answer(erased.ec, erased.value.erased);
}

std::string memo_table::next_token()
{
    if (tokens_.empty())
        tokens_ = hub_->random_id().substr(0, 8);
    return fmt::format("{}{:08x}", tokens_, static_cast<std::uint32_t>(tokens_drawn_++));
}

void memo_table::outdate(std::string const& id, std::uint64_t fence)
{
    cache_.outdate(id, fence);
    if (auto const flight = flight_of(id))
        flight->outdate(fence);
}

void memo_table::keep(std::string const& id, std::uint64_t ticket, store::memo_record const& found, core::local_time sent,
                      core::duration fresh)
{
    std::vector<std::string> evicted;
    if (*closed_ || config_.local_entries == 0)
        return;
    if (cache_.admit(id, evicted))
        spawn(hub_->strand(), [self = shared_from_this(), id] { return self->listen(id); });
    stop_listening(evicted);
    auto value = found.negative ? std::nullopt : std::optional{found.value};
    stop_listening(cache_.put(id, ticket, found.fence, std::move(value), sent + std::min<core::duration>(fresh, config_.local_ttl)));
}

// Who may not listen, or cannot at the moment, keeps nothing of it.
task<> memo_table::listen(std::string id)
{
    auto const failed = co_await begin_watch(*hub_, this, address(id));
    if (!failed && cache_.confirm(id))
        co_return;
    cache_.forget(id);
    stop_listening({id});
}

void memo_table::stop_listening(std::vector<std::string> const& ids)
{
    for (auto const& id : ids)
        hub_->unwatch(this, {address(id)});
}

void memo_table::on_link()
{
    if (!hub_->up())
        cache_.distrust();
    for (auto const& [id, known] : flights_)
        if (auto const flight = known.lock())
            flight->on_link();
}

void memo_table::on_news(std::string const& address, store::news const& told)
{
    auto const prefix = store::memo_entry(config_.tag, "");  // ends in a brace
    if (address.size() <= prefix.size() || address.compare(0, prefix.size() - 1, prefix, 0, prefix.size() - 1) != 0)
        return;
    auto const id = std::string_view{address}.substr(prefix.size() - 1, address.size() - prefix.size());
    if (told.what != store::memo_kind::failed && told.what != store::memo_kind::free)
        cache_.outdate(id, told.fence);
    if (auto const flight = flight_of(id))
        flight->on_news(told);
}

void memo_table::on_gap()
{
    cache_.distrust();
    for (auto const& [id, known] : flights_)
        if (auto const flight = known.lock())
            flight->on_gap();
}

void memo_table::close()
{
    if (std::exchange(*closed_, true))
        return;
    stop_listening(cache_.shut());
    callers_.fail_all(errc::closed);
    for (auto const& [id, known] : flights_)
        if (auto const flight = known.lock())
            flight->close();
    hub_->link_changed().notify();
}

}  // namespace coterie::session
