#include "presence_stream.hpp"

namespace coterie::session {

presence_info to_info(std::string id, core::presence_state state)
{
    presence_info result;
    result.id = std::move(id);
    result.status = state.what;
    result.since = state.since;
    result.last_seen = state.last_seen;
    result.source = std::move(state.source);
    result.text = std::move(state.text);
    result.value = std::move(state.value);
    return result;
}

task<> presence_stream::next(std::shared_ptr<caller<std::optional<presence_change>>> asking)
{
    if (auto const other = reader_.lock(); other && !other->gone())
        co_return asking->fail(errc::bad_argument);
    reader_ = asking;
    asking->on_cancelled = [weak = weak_from_this()] {
        if (auto const open = weak.lock())
            open->changed_.notify();
    };
    while (!asking->gone())
    {
        if (begun_ && (std::exchange(first_, false) || !pending_.changes.empty()))
        {
            index_.clear();
            asking->succeed(std::exchange(pending_, {}));
        }
        else if (ended_)
            asking->succeed(std::nullopt);
        else
            co_await changed_.wait();
    }
}

}  // namespace coterie::session
