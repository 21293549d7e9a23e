// What presence operations take and give.
#ifndef COTERIE_PRESENCE_TYPES_HPP
#define COTERIE_PRESENCE_TYPES_HPP

#include <coterie/error.hpp>
#include <coterie/status.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

// All programs of a space must agree on `shards`, and should on the rest: if a source is used with several ttls, last_seen is wrong by the difference.
struct presence_config
{
    // 1 to 256 bytes without {, } and control characters.
    std::string space = "default-space";

    // For so long a word lasts that somebody is there: say it again before, every ttl / 3, say. 10 ms to 7 days.
    std::chrono::milliseconds ttl{30'000};

    // Whose word it is, unless an operation names another: a server, a device. Up to 256 bytes, as `space`.
    std::string source{};

    // Over how many shards ids are spread: 1 to 1,024. Never change it while anybody is there.
    unsigned shards = 16;

    // Hysteresis: who comes back sooner was never away. A silence is one that lasts ttl + linger. 0 to 1 day.
    std::chrono::milliseconds linger{0};

    // For so long it is remembered who was there: offline, then unknown. 1 ms to 366 days.
    std::chrono::milliseconds forget{std::chrono::hours{24}};
};

// Views are copied when the operation is called.
struct online_options
{
    std::optional<std::string_view> source{};  // nothing: presence_config::source
    std::optional<std::string_view> text{};    // nothing: as it was
    std::optional<std::string_view> value{};
};

struct offline_options
{
    std::optional<std::string_view> source{};
    bool all_sources = false;  // whoever says that they are there
};

struct party_options
{
    // Not empty: the key of a Redis set that another service keeps, which is only read. In the place of the party's name.
    std::string_view foreign_key{};
};

// An id that an operation could not do. The others were done.
struct presence_failure
{
    std::size_t index = 0;  // of those given
    error_code error{};
};

struct presence_result
{
    std::size_t changed = 0;  // ids whose status, text or value is another now; a refresh changes nothing
    std::vector<presence_failure> failed{};
};

// How somebody is.
struct presence_info
{
    std::string id{};
    coterie::status status = coterie::status::unknown;
    std::chrono::sys_time<std::chrono::milliseconds> since{};      // it has been that, by the server's clock; not of unknown
    std::chrono::sys_time<std::chrono::milliseconds> last_seen{};  // as of the newest word, or of the last one
    std::string source{};                                          // the most present one; in a change: empty
    std::string text{};
    std::string value{};
    error_code error{};  // of this id, where several were asked for
};

// Some changes, at most one an id: how it is now. If history does not reach back (about 1,000 events a shard; or the store lost its data), what was missed is
// found by comparing: who asked for an id is told how it is now, who reads all is not told of those who came and went meanwhile.
struct presence_change
{
    std::vector<presence_info> changes{};
    bool resynced = false;  // some were found by comparing, since the events were there no more
};

}  // namespace coterie

#endif
