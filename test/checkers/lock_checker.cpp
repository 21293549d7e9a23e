#include "lock_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace coterie::checkers {
namespace {

std::string text(acquisition const& one)
{
    return fmt::format("#{} of process {}", one.number, one.process);
}

bool wants(acquisition const& one, std::string const& name)
{
    return std::ranges::find(one.names, name) != one.names.end();
}

}  // namespace

void lock_checker::on_granted(acquisition const& one)
{
    std::erase(waiting_, &one);
    if (unaware_.contains(one.number) || one.asked_at < excused_until_)
        return;
    check_exclusion(one);
    check_fence(one);
    check_order(one);
    holding_.push_back(&one);
}

void lock_checker::on_forced(std::string const& name)
{
    std::erase_if(holding_, [&](auto const* one) { return wants(*one, name); });
    for (auto const* one : waiting_)
        if (wants(*one, name))
            unaware_.insert(one->number);
}

void lock_checker::on_all_forced(moment until)
{
    excused_until_ = std::max(excused_until_, until);
    holding_.clear();
    for (auto const* one : waiting_)
        unaware_.insert(one->number);
}

void lock_checker::check_exclusion(acquisition const& one) const
{
    for (auto const& name : one.names)
    {
        std::uint32_t permits = 0;
        for (auto const* other : holding_)
        {
            if (!wants(*other, name) || !other->believed())
                continue;
            bool const together = other->mode == one.mode && one.mode != lock_mode::exclusive;
            permits += other->mode == lock_mode::permit;
            if (!together || (one.mode == lock_mode::permit && permits >= one.limit))
                throw violation{fmt::format("exclusion: {} got {}, which {} holds", text(one), name, text(*other))};
        }
    }
}

// Of an exclusive one: larger than every one before. Of the others: larger than that of every exclusive one before.
void lock_checker::check_fence(acquisition const& one)
{
    for (auto const& name : one.names)
    {
        auto& [newest, newest_exclusive] = fences_[name];
        bool const exclusive = one.mode == lock_mode::exclusive;
        if (one.fence <= (exclusive ? newest : newest_exclusive))
            throw violation{fmt::format("fence: {} got {} with {}, after {}", text(one), name, one.fence, newest)};
        newest = std::max(newest, one.fence);
        if (exclusive)
            newest_exclusive = one.fence;
    }
}

void lock_checker::check_order(acquisition const& one) const
{
    if (!fifo_)
        return;
    for (auto const* other : waiting_)
        for (auto const& name : one.names)
            if (other->waits &&
                (one.mode == lock_mode::exclusive || one.mode != other->mode) &&  // (else both may have it: who hears first?)
                other->asked_at < one.asked_at && wants(*other, name))
                throw violation{fmt::format("order: {} got {} before {}, who came earlier", text(one), name, text(*other))};
}

void lock_checker::require_nobody_waits() const
{
    if (!waiting_.empty())
        throw violation{
            fmt::format("wake-up: {} waits for {}, which nobody holds", text(*waiting_.front()), waiting_.front()->names.front())};
}

}  // namespace coterie::checkers
