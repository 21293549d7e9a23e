#include <coterie/lock.hpp>

#include "session/connector.hpp"
#include "session/held_lock.hpp"

#include <boost/asio/system_executor.hpp>

namespace coterie {
namespace {

std::string const nobody;
std::vector<std::string> const no_names;

}  // namespace

lock::lock(std::shared_ptr<session::hold> hold) noexcept : hold_{std::move(hold)} {}

lock& lock::operator=(lock&& other) noexcept
{
    lock old{std::move(hold_)};
    hold_ = std::move(other.hold_);
    return *this;
}

lock::~lock()
{
    if (hold_ && !hold_->given_back.exchange(true))
        hold_->owner->release_in_background(hold_);
}

std::string const& lock::name() const
{
    return hold_ ? hold_->lock->names().front() : nobody;
}

std::vector<std::string> const& lock::names() const
{
    return hold_ ? hold_->lock->names() : no_names;
}

std::string const& lock::member() const
{
    return hold_ ? hold_->lock->owner() : nobody;
}

std::uint64_t lock::fence() const
{
    return hold_ ? hold_->lock->fence() : 0;
}

lock_state lock::state() const
{
    if (!hold_ || hold_->given_back)
        return lock_state::lost;
    switch (hold_->lock->state())
    {
    case core::lease_state::held: return lock_state::held;
    case core::lease_state::uncertain: return lock_state::uncertain;
    default: return lock_state::lost;
    }
}

clock::time_point lock::deadline() const
{
    return hold_ && !hold_->given_back ? hold_->lock->deadline() : clock::time_point::min();
}

asio::any_io_executor lock::executor() const
{
    return hold_ ? hold_->owner->shared().user_executor() : asio::system_executor{};
}

void lock::wait_lost(std::shared_ptr<session::hold> const& hold, void_handler handler)
{
    if (!hold)
        return session::caller<>{asio::system_executor{}, std::move(handler)}.succeed();
    auto const& hub = hold->owner->shared();
    auto const asking = session::caller<>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [hold, asking]() -> session::task<> {
        using end = session::held_lock::end;
        asking->on_cancelled = [weak = std::weak_ptr{hold->lock}] {
            if (auto const lock = weak.lock())
                lock->ended().notify();
        };
        while (hold->lock->how() == end::none && !hold->given_back && !asking->gone())
            co_await hold->lock->ended().wait();
        asking->answer(hold->lock->how() == end::lost ? error_code{} : error_code{errc::closed});
    });
}

void lock::release(std::shared_ptr<session::hold> const& hold, void_handler handler)
{
    if (!hold)
        return session::caller<>{asio::system_executor{}, std::move(handler)}.fail(errc::lost);
    bool const given_back = hold->given_back.exchange(true);
    auto const& hub = hold->owner->shared();
    auto const asking = session::caller<>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [hold, asking, given_back]() -> session::task<> {
        if (given_back)
            co_return asking->fail(errc::lost);
        hold->owner->register_caller(asking);
        auto const released = co_await hold->owner->locks().release(hold->lock, false, asking);
        hold->lock->ended().notify();
        asking->answer(released.ec || released.value ? released.ec : error_code{errc::lost});
    });
}

}  // namespace coterie
