#include "stream.hpp"

#include "../core/member_value.hpp"

#include <coterie/error.hpp>

#include <utility>

namespace coterie::session {

member to_member(std::string const& group, core::record const& record)
{
    auto unpacked = core::unpack(record.value);
    return {group, record.name, std::move(unpacked.value), std::move(unpacked.tags), record.joined_at};
}

member_change to_change(std::string const& group, core::delta const& step)
{
    member_change result;
    result.revision = step.at;
    result.resynced = step.resynced;
    for (auto const& each : step.changes)
    {
        auto& names = each.kind == core::change_kind::joined ? result.joined
                      : each.kind == core::change_kind::left ? result.left
                                                             : result.updated;
        names.push_back(each.member.name);
        if (each.kind != core::change_kind::left)
            result.records.push_back(to_member(group, each.member));
    }
    return result;
}

std::optional<core::delta> stream::take()
{
    if (first_)
        return std::exchange(first_, std::nullopt);
    if (!pending_.empty())
        return pending_.pop();
    return std::nullopt;
}

task<> stream::next(std::shared_ptr<caller<std::optional<member_change>>> asking)
{
    if (reader_ && !reader_->gone())
        co_return asking->fail(errc::bad_argument);
    reader_ = asking;
    asking->on_cancelled = [weak = weak_from_this()] {
        if (auto const open = weak.lock())
            open->changed_.notify();
    };
    while (!asking->gone())
    {
        if (auto const step = take())
            asking->succeed(to_change(group_, *step));
        else if (ended_)
            asking->succeed(std::nullopt);
        else
            co_await changed_.wait();
    }
}

}  // namespace coterie::session
