// The state of one memoised result, and the operations on it as docs/protocol.md tells them. Pure: time comes from outside.
#ifndef COTERIE_SRC_STORE_MEMORY_MEMO_STATE_HPP
#define COTERIE_SRC_STORE_MEMORY_MEMO_STATE_HPP

#include "../operations.hpp"
#include "outcome.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace coterie::store::memory {

class memo_state
{
public:
    outcome apply(operation const&, instant now, random_source const&);

    // Forgets what is past its time.
    void expire(instant now);

    bool empty() const noexcept { return !holds_anything() && last_fence_ == 0; }
    bool holds_anything() const noexcept { return result_ || generation_; }

    std::string dump() const;

private:
    struct kept_result
    {
        memo_record record;
        server_time gone_at{};
    };

    struct generation
    {
        std::uint64_t fence = 0;
        std::string token;
        server_time deadline{};
    };

    outcome apply(memo_look const&);
    outcome apply(memo_publish const&);
    outcome apply(memo_release const&);
    outcome apply(memo_renew const&);
    outcome apply(memo_store const&);
    outcome apply(memo_erase const&);

    bool is_generating(std::string const& token, std::uint64_t fence) const;
    std::uint64_t next_fence();

    // Puts a result there. Publishing and storing say alike what it is.
    template <class Result>
    news keep(Result const&, std::uint64_t fence);

    // Set for the time of one apply().
    instant instant_{};
    server_time now_{};

    std::optional<kept_result> result_;
    std::optional<generation> generation_;

    // Until time has passed it: the virtual clock stands still, and a fence must not come twice even then.
    std::uint64_t last_fence_ = 0;
};

}  // namespace coterie::store::memory

#endif
