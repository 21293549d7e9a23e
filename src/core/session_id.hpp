// The name of a session: 16 characters of [A-Za-z0-9_-], random; or nothing. Many carry copies of it, and none is worth an allocation.
#ifndef COTERIE_SRC_CORE_SESSION_ID_HPP
#define COTERIE_SRC_CORE_SESSION_ID_HPP

#include <boost/static_string/static_string.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace coterie::core {

class session_id
{
public:
    static constexpr std::size_t length = 16;

    session_id() = default;
    session_id(std::string_view text) : text_{text} {}  // std::length_error if it is longer
    session_id(std::string const& text) : text_{text} {}
    session_id(char const* text) : text_{text} {}

    bool empty() const noexcept { return text_.empty(); }
    std::size_t size() const noexcept { return text_.size(); }
    void clear() noexcept { text_.clear(); }
    std::string_view view() const noexcept { return text_; }
    operator std::string_view() const noexcept { return text_; }
    operator std::string() const { return std::string{view()}; }

    // With a text of any length.
    friend bool operator==(session_id const& a, std::convertible_to<std::string_view> auto const& b)
    {
        return a.view() == std::string_view{b};
    }
    friend auto operator<=>(session_id const& a, std::convertible_to<std::string_view> auto const& b)
    {
        return a.view() <=> std::string_view{b};
    }
    friend std::ostream& operator<<(std::ostream& out, session_id const& id) { return out << id.view(); }

private:
    boost::static_string<length> text_;
};

inline std::string operator+(std::string text, session_id const& id)
{
    return text.append(id.view());
}

}  // namespace coterie::core

#endif
