// The state of one shard of a presence space, and the operations on it as docs/protocol.md tells them. Pure: time comes from outside.
// The containers are those of the protocol; deadlines and spans of sources stand in the entries as well, since nobody else writes them.
#ifndef COTERIE_SRC_STORE_MEMORY_SHARD_STATE_HPP
#define COTERIE_SRC_STORE_MEMORY_SHARD_STATE_HPP

#include "deadlines.hpp"
#include "event_log.hpp"
#include "outcome.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::store::memory {

class shard_state
{
public:
    static constexpr std::chrono::seconds linger{60};

    outcome apply(operation const&, instant now, random_source const&);

    // Forgets what has outlived the shard.
    void expire(instant now);

    bool empty() const noexcept;

    // Somebody is there, or is remembered, or in a party.
    bool holds_anything() const noexcept { return !(here_.empty() && gone_.empty() && parties_.empty()); }

    std::string dump() const;

private:
    struct present : core::presence_entry
    {
        std::string told_text{};  // as it was announced, with `shown`
        std::string told_value{};
    };

    // How long a source's word lasts, and until when its last one does.
    struct word
    {
        std::chrono::milliseconds span{};
        server_time until{};
    };

    outcome apply(appear const&);
    outcome apply(refresh const&);
    outcome apply(disappear const&);
    outcome apply(look_up const&);
    outcome apply(roll_call const&);
    outcome apply(lapse const&);
    outcome apply(head_count const&);
    outcome apply(change_party const&);
    outcome apply(read_party const&);
    outcome apply(history const&);

    void begin(presence_tempo const&, std::vector<std::string> const& ids);
    void set_deadline(std::string const& source, std::string const& id, server_time deadline);
    static void tell_of_deadline(std::optional<server_time> before, server_time deadline, std::vector<push>& told);
    bool end_due(presence_tempo const&, std::size_t most);
    void end_source(presence_tempo const&, std::string const& member, server_time deadline);
    void settle(std::string const& id, present&, server_time since, server_time seen, presence_tempo const&);
    std::size_t finish(std::vector<push>& told);
    core::presence_state state_now(core::presence_entry, presence_tempo const&) const;
    std::chrono::milliseconds span_of(std::string const& source, presence_tempo const&) const;
    void outlive(server_time deadline);

    // Set for the time of one apply().
    instant instant_{};
    server_time now_{};

    deadlines due_;  // of source NUL id
    std::map<std::string, present, std::less<>> here_;
    std::map<std::string, core::presence_trace, std::less<>> gone_;
    std::map<std::string, word, std::less<>> spans_;
    std::map<std::string, std::set<std::string>, std::less<>> parties_;
    event_log events_;
    std::vector<core::change> changes_;  // by the operation under way
    server_time keep_until_{};           // when `here` and the history go
    server_time remember_until_{};       // when `gone` goes
};

}  // namespace coterie::store::memory

#endif
