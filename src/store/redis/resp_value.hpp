// One reply of the server, as a value.
#ifndef COTERIE_SRC_STORE_REDIS_RESP_VALUE_HPP
#define COTERIE_SRC_STORE_REDIS_RESP_VALUE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::redis {

struct resp_value
{
    enum class kind
    {
        null,
        number,  // `text` holds its digits
        text,    // bytes
        status,  // a short word such as OK
        error,   // `text` holds the server's words
        array,   // a map is an array of keys and values
        push,    // sent without being asked
    };

    kind type = kind::null;
    std::string text;
    std::vector<resp_value> items;

    bool is(kind k) const noexcept { return type == k; }

    // An error reply that starts with this word.
    bool is_error(std::string_view code) const noexcept;

    // A status reply of just this word.
    bool is_status(std::string_view word) const noexcept { return type == kind::status && text == word; }
};

// A number from 0; nothing if the value is another.
std::optional<std::uint64_t> to_unsigned(resp_value const&) noexcept;

// Exactly these digits, and at least one.
std::optional<std::uint64_t> to_unsigned(std::string_view digits) noexcept;

// The value of a key in a map reply.
std::string_view find_text(resp_value const& map, std::string_view key) noexcept;

}  // namespace coterie::redis

#endif
