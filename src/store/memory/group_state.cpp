#include "group_state.hpp"

#include <coterie/error.hpp>

#include <algorithm>
#include <iterator>

namespace coterie::store::memory {

outcome group_state::apply(operation const& what, instant now, random_source const& random)
{
    expire(now);
    instant_ = now;
    now_ = std::chrono::floor<std::chrono::milliseconds>(now);
    random_ = &random;
    auto result = std::visit(
        [this](auto const& one) -> outcome {
            if constexpr (requires { apply(one); })
                return apply(one);
            else
                return {make_error_code(errc::refused, "ERR not an operation of a group")};
        },
        what);
    result.told.insert(result.told.begin(), told_.begin(), told_.end());
    told_.clear();
    for (auto& event : events_.add_all(std::exchange(roles_, {}), now))
        result.told.emplace_back(std::move(event));
    return result;
}

void group_state::expire(instant now)
{
    if (now >= keep_fence_until_)
        fence_ = 0;
    if (now < keep_until_)
        return;
    clean_up();
    events_.clear();
    epoch_.clear();
}

// What the last lease takes along; the history lingers, and the fence for longer.
void group_state::clean_up()
{
    sessions_.clear();
    leases_.clear();
    held_.clear();
    members_.clear();
    locks_.clear();
    queue_.clear();
    places_.clear();
    shares_.clear();
    data_.clear();
    beats_ = 0;
}

bool group_state::empty() const noexcept
{
    return !holds_anything() && events_.empty() && epoch_.empty() && fence_ == 0;
}

bool group_state::holds_anything() const noexcept
{
    return !(leases_.empty() && held_.empty() && members_.empty() && locks_.empty() && places_.empty() && data_.empty() && keep_.empty());
}

std::string value_term(std::string_view path)
{
    return std::string{'d', '\0'}.append(path);
}

bool is_session(std::string_view lease)
{
    return lease.size() < 2 || lease[1] != '\0';
}

}  // namespace coterie::store::memory
