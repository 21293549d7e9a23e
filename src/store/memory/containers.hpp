// States by their address, all of one kind.
#ifndef COTERIE_SRC_STORE_MEMORY_CONTAINERS_HPP
#define COTERIE_SRC_STORE_MEMORY_CONTAINERS_HPP

#include "outcome.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::store::memory {

template <class State>
class containers
{
public:
    // Looks at one other state each time, so that those which nobody touches any more go in the end.
    State& at(std::string const& address, instant now)
    {
        auto other = states_.upper_bound(swept_);
        if (other == states_.end())
            other = states_.begin();
        if (other != states_.end())
        {
            swept_ = other->first;
            other->second.expire(now);
            if (other->second.empty())
                states_.erase(other);
        }
        return states_[address];
    }

    // Those that hold anything but recent history.
    std::vector<std::string> in_use(instant now) const
    {
        std::vector<std::string> result;
        for (auto [address, state] : states_)
        {
            state.expire(now);
            if (state.holds_anything())
                result.push_back(address);
        }
        return result;
    }

    std::string dump(std::string_view address, instant now) const
    {
        auto const known = states_.find(address);
        if (known == states_.end())
            return {};
        auto state = known->second;
        state.expire(now);
        return state.dump();
    }

private:
    std::map<std::string, State, std::less<>> states_;
    std::string swept_;  // the one looked at last
};

}  // namespace coterie::store::memory

#endif
