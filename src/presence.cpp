#include <coterie/presence.hpp>

#include "session/presence_space.hpp"

namespace coterie {

presence::presence(client const& shared, presence_config config) : space_{session::presence_space::make(shared.hub_, std::move(config))} {}

presence::presence(client const& shared) : presence{shared, presence_config{}} {}

presence& presence::operator=(presence&& other) noexcept
{
    presence old{std::move(*this)};
    space_ = std::move(other.space_);
    return *this;
}

presence::~presence()
{
    if (space_)
        asio::post(space_->shared().strand(), [space = space_] { space->close(); });
}

asio::any_io_executor presence::get_executor() const
{
    return space_->shared().user_executor();
}

}  // namespace coterie
