#include <coterie/member_events.hpp>

#include "session/stream.hpp"

#include <boost/asio/system_executor.hpp>

namespace coterie {

asio::any_io_executor member_events::executor() const
{
    return stream_ ? stream_->user_executor() : asio::system_executor{};
}

void member_events::next(std::shared_ptr<session::stream> const& stream,
                         asio::any_completion_handler<void(error_code, std::optional<member_change>)> handler)
{
    session::next_of(stream, std::move(handler));
}

}  // namespace coterie
