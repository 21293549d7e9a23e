// Events as they stand in the stream and come by push: docs/protocol.md, "Encodings". The scripts encode, this decodes.
#ifndef COTERIE_SRC_STORE_REDIS_EVENT_CODEC_HPP
#define COTERIE_SRC_STORE_REDIS_EVENT_CODEC_HPP

#include "../operations.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coterie::redis {

// Nothing if the text is not exactly an event: it may come from anybody who can publish.
std::optional<core::event> decode_event(std::string_view);

// What a session is told on its own channel.
std::optional<store::grant> decode_grant(core::session_id const&, std::string_view);

// Takes encoded parts off the front of a text. Once something is missing, all that follows fails too.
class text_reader
{
public:
    explicit text_reader(std::string_view text) noexcept : rest_{text} {}

    bool ok() const noexcept { return ok_; }
    bool done() const noexcept { return rest_.empty(); }
    std::string_view rest() const noexcept { return rest_; }

    std::string_view bytes(std::size_t count) noexcept;
    std::uint64_t digits(std::size_t count) noexcept;  // of fixed width
    core::server_time time() noexcept;                 // 13 digits
    std::string_view string() noexcept;                // length, colon, bytes

private:
    std::string_view rest_;
    bool ok_ = true;
};

constexpr std::size_t sid_size = 16;
constexpr std::size_t number_size = 16;  // of a fence or a revision

core::server_time to_time(std::uint64_t milliseconds) noexcept;

}  // namespace coterie::redis

#endif
