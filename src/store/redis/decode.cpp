#include "decode.hpp"

#include "event_codec.hpp"

#include <coterie/error.hpp>

#include <array>
#include <optional>
#include <utility>
#include <variant>

namespace coterie::redis {
namespace {

using kind = resp_value::kind;

// Each read() fills a reply and answers false if the value is not what the script's header tells.

bool read(resp_value const& in, std::uint64_t& to)
{
    auto const value = to_unsigned(in);
    to = value.value_or(0);
    return value.has_value();
}

bool read(resp_value const& in, bool& to)
{
    std::uint64_t value = 0;
    bool const ok = read(in, value) && value <= 1;
    to = value == 1;
    return ok;
}

bool read(resp_value const& in, core::server_time& to)
{
    std::uint64_t value = 0;
    bool const ok = read(in, value);
    to = to_time(value);
    return ok;
}

bool read(resp_value& in, std::string& to)
{
    to = std::move(in.text);
    return in.is(kind::text);
}

bool read(resp_value& in, std::optional<core::event>& to)
{
    if (in.is(kind::null))
        return true;
    to = decode_event(in.text);
    return in.is(kind::text) && to;
}

bool read(resp_value& in, std::vector<std::string>& to)
{
    for (auto& item : in.items)
    {
        if (!read(item, to.emplace_back()))
            return false;
    }
    return in.is(kind::array);
}

bool has(resp_value const& in, std::size_t count)
{
    return in.is(kind::array) && in.items.size() == count;
}

// The last three of a reply: now, next deadline or nil, number of leases.
bool read_horizon(resp_value const& in, store::horizon& to)
{
    auto const first = in.items.end() - 3;
    if (!first[1].is(kind::null) && !read(first[1], to.next_deadline.emplace()))
        return false;
    return read(first[0], to.now) && read(first[2], to.leases);
}

// A field and a record of `members`: name NUL sid, and joined_at with the value.
bool read_member(std::string_view field, std::string_view record, core::record& to)
{
    if (field.size() <= sid_size || field[field.size() - sid_size - 1] != '\0')
        return false;
    to.session = field.substr(field.size() - sid_size);
    to.name = field.substr(0, field.size() - sid_size - 1);
    text_reader in{record};
    to.joined_at = in.time();
    to.value = in.rest();
    return in.ok();
}

// A lock and its record in `locks`.
bool read_claim(std::string_view name, std::string_view record, store::claim& to)
{
    text_reader in{record};
    auto const type = in.bytes(1);
    to.name = name;
    to.fixed = type == "f";
    to.session = in.bytes(sid_size);
    to.fence = in.digits(number_size);
    to.owner = in.rest();
    return in.ok() && (type == "f" || type == "s");
}

bool read(resp_value& in, store::open::reply& to)
{
    return has(in, 4) && read(in.items[0], to.epoch) && read_horizon(in, to.seen);
}

bool read(resp_value& in, store::beat::reply& to)
{
    return has(in, 4) && read(in.items[0], to.last) && read_horizon(in, to.seen);
}

bool read(resp_value& in, store::join::reply& to)
{
    return has(in, 2) && read(in.items[0], to.matched) && read(in.items[1], to.event);
}

bool read(resp_value& in, store::leave::reply& to)
{
    return has(in, 2) && read(in.items[0], to.left) && read(in.items[1], to.event);
}

bool read(resp_value& in, store::snapshot::reply& to)
{
    if (!has(in, 5) || !in.items[3].is(kind::array) || in.items[3].items.size() % 2 != 0)
        return false;
    auto const& members = in.items[3].items;
    to.members.resize(members.size() / 2);
    for (std::size_t i = 0; i < to.members.size(); ++i)
    {
        if (!read_member(members[2 * i].text, members[2 * i + 1].text, to.members[i]))
            return false;
    }
    return read(in.items[0], to.cursor) && read(in.items[1], to.last) && read(in.items[2], to.now) && read(in.items[4], to.dead);
}

bool read(resp_value& in, store::history::reply& to)
{
    if (!has(in, 3) || !read(in.items[0], to.compacted) || !read(in.items[1], to.last) || !in.items[2].is(kind::array))
        return false;
    for (auto& item : in.items[2].items)
    {
        auto event = decode_event(item.text);
        if (!event)
            return false;
        to.events.push_back(std::move(*event));
    }
    return true;
}

bool read(resp_value& in, store::lock::reply& to)
{
    if (has(in, 1))
        return read(in.items[0], to.deadline);
    to.granted = read(in, to.fence);
    return to.granted;
}

bool read(resp_value& in, store::unlock::reply& to)
{
    return read(in, to.released);
}
bool read(resp_value& in, store::force::reply& to)
{
    return read(in, to.released);
}
bool read(resp_value& in, store::put::reply& to)
{
    return read(in, to.stored);
}
bool read(resp_value& in, store::erase::reply& to)
{
    return read(in, to.erased);
}

bool read(resp_value& in, store::verify::reply& to)
{
    for (auto const& item : in.items)
    {
        bool held = false;
        if (!read(item, held))
            return false;
        to.held.push_back(held);
    }
    return in.is(kind::array);
}

bool read(resp_value& in, store::inspect::reply& to)
{
    if (has(in, 1))
        return read(in.items[0], to.now);
    return has(in, 4) && read(in.items[0], to.now) && read_claim(in.items[1].text, in.items[2].text, to.holder.emplace()) &&
           read(in.items[3], to.deadline);
}

bool read(resp_value& in, store::reap::reply& to)
{
    return has(in, 5) && read(in.items[0], to.event) && read(in.items[1], to.due) && read_horizon(in, to.seen);
}

bool read(resp_value& in, store::close::reply& to)
{
    return has(in, 2) && read(in.items[0], to.done) && read(in.items[1], to.event);
}

bool read(resp_value& in, store::get::reply& to)
{
    return in.is(kind::null) || read(in, to.value.emplace());
}

bool read(resp_value& in, store::list::reply& to)
{
    return has(in, 2) && read(in.items[0], to.cursor) && read(in.items[1], to.paths);
}

using reader = bool (*)(resp_value&, store::reply&);

template <std::size_t... I>
constexpr std::array<reader, sizeof...(I)> make_readers(std::index_sequence<I...>)
{
    return {[](resp_value& in, store::reply& to) { return read(in, to.emplace<I>()); }...};
}

constexpr auto readers = make_readers(std::make_index_sequence<std::variant_size_v<store::reply>>{});

}  // namespace

boost::system::error_code decode(std::size_t operation, resp_value&& answer, store::reply& to)
{
    if (answer.is(kind::error))
        return make_error_code(errc::refused, answer.text);
    if (answer.is_status("LOST"))
        return errc::lost;
    if (answer.is_status("STALE"))
        return errc::stale;
    if (operation >= readers.size() || !readers[operation](answer, to))
        return make_error_code(errc::refused, "the server's answer cannot be read");
    return {};
}

}  // namespace coterie::redis
