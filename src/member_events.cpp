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
    if (!stream)  // moved from
        return session::caller<std::optional<member_change>>{asio::system_executor{}, std::move(handler)}.succeed(std::nullopt);
    auto const asking = session::caller<std::optional<member_change>>::make(stream->strand(), stream->user_executor(), std::move(handler));
    session::spawn(stream->strand(), [stream, asking] { return stream->next(asking); });
}

}  // namespace coterie
