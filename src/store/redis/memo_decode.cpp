#include "memo_decode.hpp"

#include "event_codec.hpp"
#include "read_values.hpp"

#include <cstddef>
#include <utility>

namespace coterie::redis {
namespace {

constexpr std::size_t header_size = 16 + 13 + 13 + 10 + 1;

// What a result begins with, and what is told of anything.
struct header
{
    std::uint64_t fence = 0;
    core::server_time made{};
    core::server_time fresh_until{};
    std::chrono::milliseconds cost{};
    std::string_view kind;
};

header read_header(text_reader& in)
{
    header result;
    result.fence = in.digits(number_size);
    result.made = in.time();
    result.fresh_until = in.time();
    result.cost = std::chrono::milliseconds{static_cast<std::int64_t>(in.digits(10))};
    result.kind = in.bytes(1);
    return result;
}

// The bytes may be many: they stay where they are but for one move.
bool read(resp_value& in, store::memo_record& to)
{
    text_reader text{in.text};
    auto const known = read_header(text);
    if (!in.is(resp_value::kind::text) || !text.ok() || (known.kind != "v" && known.kind != "n"))
        return false;
    to.fence = known.fence;
    to.made = known.made;
    to.fresh_until = known.fresh_until;
    to.cost = known.cost;
    to.negative = known.kind == "n";
    to.value = std::move(in.text);
    to.value.erase(0, header_size);
    return true;
}

template <class Value>
bool read_optional(resp_value& in, std::optional<Value>& to)
{
    return in.is(resp_value::kind::null) || read(in, to.emplace());
}

}  // namespace

std::optional<store::news> decode_news(std::string_view text)
{
    text_reader in{text};
    auto const known = read_header(in);
    auto const form = in.bytes(1);
    auto const bytes = in.rest();
    if (!in.ok() || known.fence == 0 || (form != "w" && form != "l") || bytes.size() > store::news::most)
        return std::nullopt;

    store::news result;
    result.what = static_cast<store::memo_kind>(known.kind[0]);
    result.fence = known.fence;
    result.made = known.made;
    result.fresh_until = known.fresh_until;
    result.cost = known.cost;
    result.large = form == "l";
    result.bytes = bytes;

    bool const is_result = known.kind == "v" || known.kind == "n";
    bool const has_bytes = is_result || known.kind == "f";
    if (!has_bytes && known.kind != "r" && known.kind != "e")
        return std::nullopt;
    bool const has_times = known.made != core::server_time{} || known.fresh_until != core::server_time{} || known.cost.count() != 0;
    if ((has_times && !is_result) || (result.large && !has_bytes) || (!bytes.empty() && (!has_bytes || result.large)))
        return std::nullopt;
    return result;
}

bool read(resp_value& in, store::memo_look::reply& to)
{
    return has(in, 5) && read(in.items[0], to.now) && read_optional(in.items[1], to.found) && read_optional(in.items[2], to.generates) &&
           read_optional(in.items[3], to.busy_until) && read(in.items[4], to.busy_fence);
}

bool read(resp_value& in, store::memo_publish::reply& to)
{
    return read(in, to.published);
}

bool read(resp_value& in, store::memo_release::reply& to)
{
    return read(in, to.released);
}

bool read(resp_value& in, store::memo_renew::reply& to)
{
    return read_optional(in, to.deadline);
}

bool read(resp_value& in, store::memo_store::reply& to)
{
    return read(in, to.fence);
}

bool read(resp_value& in, store::memo_erase::reply& to)
{
    return has(in, 2) && read(in.items[0], to.fence) && read(in.items[1], to.erased);
}

}  // namespace coterie::redis
