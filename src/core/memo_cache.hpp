// What one process keeps of memoised results: those last used, up to a number and a size, each until its time is over or something newer was heard of.
// Every member may be called from any thread.
#ifndef COTERIE_SRC_CORE_MEMO_CACHE_HPP
#define COTERIE_SRC_CORE_MEMO_CACHE_HPP

#include "time.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coterie::core {

class memo_cache
{
public:
    using value = std::optional<std::string>;  // nothing: negative

    static constexpr std::size_t overhead = 128;  // bytes of an entry beside its id and value

    memo_cache(std::size_t most_entries, std::size_t most_bytes) : most_entries_{most_entries}, most_bytes_{most_bytes} {}

    std::optional<value> find(std::string_view id, local_time now);

    // Makes a place for an id. True: it had none, so its news are to be listened to, then confirm() it; those in `evicted` no more.
    bool admit(std::string const& id, std::vector<std::string>& evicted);
    bool confirm(std::string_view id);  // false: it has no place any more

    void forget(std::string_view id);

    // To be had before the store is asked for what is to be put there. 0: its news are not heard.
    std::uint64_t ticket(std::string_view id);

    // Kept if the news of it were heard since the ticket was had, and told of nothing newer. Returns who has to go for it.
    std::vector<std::string> put(std::string_view id, std::uint64_t ticket, std::uint64_t fence, value, local_time until);

    // There is a newer one, or none.
    void outdate(std::string_view id, std::uint64_t fence);

    // News may have been lost: no result stays.
    void distrust();

    // For ever empty. Returns whose news need not be listened to any more.
    std::vector<std::string> shut();

private:
    struct entry
    {
        std::string id;
        std::uint64_t ticket = 0;  // not 0: its news are heard
        std::uint64_t newest = 0;  // that was heard of
        std::optional<value> kept{};
        local_time until{};
    };

    std::size_t weight(entry const&) const;
    void drop(entry&);
    entry* look_up(std::string_view id);
    void evict_last(std::vector<std::string>& evicted);

    std::mutex mutex_;
    std::size_t most_entries_;
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::uint64_t tickets_ = 0;
    std::list<entry> entries_;  // the one last used first
    std::unordered_map<std::string_view, std::list<entry>::iterator> places_;
};

}  // namespace coterie::core

#endif
