// Options of a connector and of its operations.
//
// The options of single operations are trivially destructible aggregates of numbers and views, to be written in place:
//     co_await group.async_try_lock("job", {.reentrant = true});
// What the views refer to is copied when the operation is called.
#ifndef COTERIE_OPTIONS_HPP
#define COTERIE_OPTIONS_HPP

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coterie {

struct group_config
{
    std::string group_name = "default-group";

    // How often the lease is renewed. 10 ms to 1 day.
    std::chrono::milliseconds heartbeat{5000};

    // How long the lease lasts without a beat. Default: 1.5 x heartbeat. More than heartbeat by over 2 % of it (2 to 200 ms),
    // the margin by which a holder's view ends early; at most 7 days.
    std::optional<std::chrono::milliseconds> ttl{};

    // Who joins and locks when an operation names nobody. Default: the host name.
    std::string member{};

    // When the store has lost its data (a restart without persistence, say; it shows a new epoch): nobody gets a lock or a role for one ttl from
    // then on, so that those who had one can keep it, if they hear of it in time, and nobody has it beside one who has not heard yet.
    // Everybody in the group should say the same, and have the same ttl. False: locks are lost at once, and free.
    bool quarantine = true;
};

struct join_options
{
    // Sub-groups the member belongs to, or whatever else others should know of it. At most 64, with the value 1 MiB in all.
    std::span<std::string_view const> tags{};
};

struct watch_options
{
    // Replay what happened after this revision, known from members(), a change, or an earlier run of the program. If history
    // (about 1,000 events, for a minute after the group ended) no longer reaches back, the first change is marked `resynced`.
    // Default: begin with everybody who is there.
    std::optional<std::uint64_t> from_revision{};

    // How many changes wait for a slow reader before the newest ones are merged. At least 1.
    std::size_t buffer = 256;
};

inline constexpr std::chrono::milliseconds forever = std::chrono::milliseconds::max();

// Who else may hold a lock at the same time.
enum class lock_mode
{
    exclusive,  // nobody
    shared,     // others who want it shared: many readers or one writer
    permit,     // others with a permit, as many as their limits allow: see async_acquire
};

struct lock_options
{
    // How long to wait for it; 0: not at all. Ignored by async_try_lock.
    std::chrono::milliseconds wait = forever;

    // Who takes it. Default: group_config::member.
    std::string_view member{};

    // If this member holds it already through this connector: hold it once more, under the same fence.
    bool reentrant = false;

    // A lease of its own, never renewed, which outlives the session. 1 ms to 7 days. Default: held while the session lives.
    std::optional<std::chrono::milliseconds> lease{};

    // exclusive or shared. Who comes first is served first, in whichever mode: readers who come after a waiting writer wait for him.
    lock_mode mode = lock_mode::exclusive;

    // Not granted before so many replicas of the store's server have it: then it survives the loss of the primary, if one of those takes its
    // place. Not reached within half of client_config::response_timeout: it is given back, errc::not_replicated. A memory store has none.
    std::uint32_t min_replicas = 0;
};

inline constexpr std::size_t most_locks_at_once = 64;

// Names of locks, written in place: {"a", "b"}. It refers to them only. (Not an initializer_list: g++ 12 cannot keep one in a coroutine.)
class lock_names
{
public:
    template <class... Names>
    requires(sizeof...(Names) <= most_locks_at_once &&
             (std::convertible_to<Names const&, std::string_view> && ...)) constexpr lock_names(Names const&... names)
        : names_{std::string_view{names}...}
        , count_{sizeof...(Names)}
    {
    }

    constexpr std::span<std::string_view const> get() const { return {names_, count_}; }

private:
    std::string_view names_[most_locks_at_once];
    std::size_t count_;
};

struct permit_options
{
    // How long to wait for one; 0: not at all.
    std::chrono::milliseconds wait = forever;

    // Who takes it. Default: group_config::member.
    std::string_view member{};

    // How many may be held at the same time, this one included. At least 1. Everybody should say the same: each one is let in as long as
    // fewer than *his* limit are held.
    std::uint32_t limit = 1;

    // As in lock_options.
    std::optional<std::chrono::milliseconds> lease{};
    std::uint32_t min_replicas = 0;
};

struct campaign_options
{
    // How long to wait for the role; 0: not at all.
    std::chrono::milliseconds wait = forever;

    // Who leads then. Default: group_config::member.
    std::string_view member{};

    // As in lock_options.
    std::uint32_t min_replicas = 0;
};

// How long data lives.
struct lifetime
{
    enum class kind_type
    {
        ephemeral,
        persistent,
        term,
    };

    constexpr lifetime() = default;
    constexpr explicit lifetime(kind_type which) : kind{which} {}

    // As long as this, whatever happens to the connector. 1 ms to 7 days.
    template <class Rep, class Period>
    constexpr lifetime(std::chrono::duration<Rep, Period> length)
        : kind{kind_type::term}
        , term{std::chrono::duration_cast<std::chrono::milliseconds>(length)}
    {
    }

    kind_type kind = kind_type::ephemeral;
    std::chrono::milliseconds term{};
};

inline constexpr lifetime ephemeral{};                                  // dies with the connector's session
inline constexpr lifetime persistent{lifetime::kind_type::persistent};  // until somebody erases it

struct put_options
{
    coterie::lifetime lifetime = coterie::ephemeral;
};

}  // namespace coterie

#endif
