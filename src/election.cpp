#include <coterie/election.hpp>

#include "core/limits.hpp"
#include "session/connector.hpp"

#include <boost/asio/system_executor.hpp>

namespace coterie {

std::string_view leadership::role() const
{
    std::string_view const name = held_.name();
    return name.empty() ? name : name.substr(1);  // see core/role.hpp
}

void leadership::proclaim(std::shared_ptr<session::hold> const& hold, std::string value,
                          asio::any_completion_handler<void(error_code)> handler)
{
    if (!hold)
        return session::caller<>{asio::system_executor{}, std::move(handler)}.fail(errc::lost);
    auto const& hub = hold->owner->shared();
    auto const asking = session::caller<>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [hold, asking, value = std::move(value)]() -> session::task<> {
        if (auto const wrong = core::check_value(value))
            co_return asking->fail(wrong);
        if (hold->given_back)
            co_return asking->fail(errc::lost);
        hold->owner->register_caller(asking);
        auto const proclaimed = co_await hold->owner->locks().proclaim(hold->lock, value, asking);
        asking->answer(proclaimed.ec || proclaimed.value ? proclaimed.ec : error_code{errc::lost});
    });
}

asio::any_io_executor leader_events::executor() const
{
    return stream_ ? stream_->user_executor() : asio::system_executor{};
}

void leader_events::next(std::shared_ptr<session::stream> const& stream,
                         asio::any_completion_handler<void(error_code, std::optional<leader_change>)> handler)
{
    session::next_of(stream, std::move(handler));
}

}  // namespace coterie
