// How fast everything goes: leases are short, so that many end in a run, and long enough for a busy machine to keep most of them.
#ifndef COTERIE_TEST_CHAOS_SETTINGS_HPP
#define COTERIE_TEST_CHAOS_SETTINGS_HPP

#include <coterie/client.hpp>
#include <coterie/memo_types.hpp>
#include <coterie/options.hpp>
#include <coterie/presence_types.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace coterie::chaos {

using namespace std::chrono_literals;

struct settings
{
    std::string store = "redis";
    std::size_t workers = 20;
    std::chrono::milliseconds time = 5min;
    std::uint64_t seed = 0;
};

// One worker: `number` is never used again, `slot` is that of its successors too.
struct worker_settings
{
    int number = 0;
    std::size_t slot = 0;
    std::size_t slots = 0;
    std::string url;
    std::uint64_t seed = 0;
    std::filesystem::path folder;
    bool silent = false;  // without a journal
};

// Names of members and ids of presence: of one slot, "w3.0", or of all, "x".
inline bool is_shared(std::string_view name)
{
    return name.find('.') == name.npos;
}

inline constexpr auto ttl = 1500ms;
inline constexpr auto presence_ttl = 1500ms;
inline constexpr auto local_ttl = 500ms;

inline client_config client_settings()
{
    client_config result;
    result.response_timeout = 600ms;
    result.timeout = 2s;
    return result;
}

inline group_config group_settings(std::string member)
{
    group_config result;
    result.group_name = "chaos";
    result.heartbeat = 500ms;
    result.ttl = ttl;
    result.member = std::move(member);
    return result;
}

inline presence_config presence_settings(std::string source)
{
    presence_config result;
    result.space = "chaos";
    result.ttl = presence_ttl;
    result.source = std::move(source);
    result.shards = 4;
    result.forget = 1s;
    return result;
}

inline memo_config memo_settings(bool cached)
{
    memo_config result;
    result.tag = cached ? "cached" : "shared";
    result.lock_timeout = 2s;
    result.local_entries = cached ? 8 : 0;
    result.local_ttl = local_ttl;
    return result;
}

}  // namespace coterie::chaos

#endif
