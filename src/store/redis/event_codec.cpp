#include "event_codec.hpp"

#include "resp_value.hpp"

#include <utility>

namespace coterie::redis {

core::server_time to_time(std::uint64_t milliseconds) noexcept
{
    return core::server_time{std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)}};
}

std::string_view text_reader::bytes(std::size_t count) noexcept
{
    if (!ok_ || count > rest_.size())
    {
        ok_ = false;
        return {};
    }
    auto const result = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return result;
}

std::uint64_t text_reader::digits(std::size_t count) noexcept
{
    auto const value = to_unsigned(bytes(count));
    ok_ = ok_ && value;
    return value.value_or(0);
}

core::server_time text_reader::time() noexcept
{
    return to_time(digits(13));
}

std::string_view text_reader::string() noexcept
{
    auto const colon = rest_.find(':');
    auto const size = to_unsigned(rest_.substr(0, colon));
    if (colon == std::string_view::npos || !size)
    {
        ok_ = false;
        return {};
    }
    bytes(colon + 1);
    return bytes(*size);
}

static std::optional<core::change> read_change(text_reader& in)
{
    auto const kind = in.bytes(1);
    core::change result;
    result.member.name = in.string();
    result.member.session = in.bytes(sid_size);
    if (kind == "-")
    {
        result.kind = core::change_kind::left;
    }
    else if (kind == "+" || kind == "*")
    {
        result.kind = kind == "+" ? core::change_kind::joined : core::change_kind::updated;
        result.member.joined_at = in.time();
        result.member.value = in.string();
    }
    else
    {
        return std::nullopt;
    }
    return in.ok() ? std::optional{std::move(result)} : std::nullopt;
}

std::optional<core::event> decode_event(std::string_view text)
{
    text_reader in{text};
    core::event result;
    result.id = in.digits(number_size);
    result.previous = in.digits(number_size);
    if (!in.ok() || in.done() != result.is_look())
        return std::nullopt;
    while (!in.done())
    {
        auto change = read_change(in);
        if (!change)
            return std::nullopt;
        result.changes.push_back(std::move(*change));
    }
    return result;
}

std::optional<store::grant> decode_grant(core::session_id const& session, std::string_view text)
{
    text_reader in{text};
    store::grant result{.session = session, .place = in.digits(number_size), .fence = in.digits(number_size)};
    return in.ok() && in.done() ? std::optional{std::move(result)} : std::nullopt;
}

}  // namespace coterie::redis
