#include "decode.hpp"

#include "event_codec.hpp"
#include "memo_decode.hpp"
#include "presence_decode.hpp"
#include "read_values.hpp"

#include <coterie/error.hpp>

#include <array>
#include <utility>
#include <variant>

namespace coterie::redis {
namespace {

using kind = resp_value::kind;

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

// A record of `lock` in `locks`.
bool read_lock(std::string_view name, std::string_view record, store::claim& to)
{
    text_reader in{record};
    bool const right = in.bytes(1) == "s";
    to.names = {std::string{name}};
    to.session = in.bytes(sid_size);
    to.fence = in.digits(number_size);
    to.owner = in.rest();
    return in.ok() && right;
}

bool one_of(std::string_view letters, char letter)
{
    return letters.find(letter) != letters.npos;
}

// A place and its record in `places`: docs/protocol.md, "Encodings".
bool read_place(std::string_view id, std::string_view record, store::claim& to, core::server_time& since)
{
    text_reader name{id};
    to.session = name.bytes(sid_size);
    to.place = name.digits(number_size);

    text_reader in{record};
    auto const form = in.bytes(3);
    if (form.empty() || !one_of("wg", form[0]) || !one_of("xrp", form[1]) || !one_of("sf", form[2]))
        return false;
    bool const granted = form[0] == 'g';
    to.mode = static_cast<store::lock_mode>(form[1]);
    to.fixed = form[2] == 'f';
    auto const number = in.digits(number_size);
    to.fence = granted ? number : 0;
    since = in.time();
    in.bytes(13 + 10 + 5);
    to.owner = in.string();
    in.string();  // a candidate's value, left out
    while (in.ok() && !in.done())
        to.names.emplace_back(in.string());
    return name.ok() && name.done() && in.ok() && !to.names.empty();
}

bool read(resp_value& in, store::open::reply& to)
{
    return has(in, 5) && read(in.items[0], to.epoch) && read(in.items[1], to.beats) && read_horizon(in, to.seen);
}

bool read(resp_value& in, store::beat::reply& to)
{
    return has(in, 5) && read(in.items[0], to.last) && read(in.items[1], to.beats) && read_horizon(in, to.seen);
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
    to.waited = in.is_status("WAITED");
    return to.waited || read(in, to.released);
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

// The answer of the script; the replicator adds that of WAIT.
bool read(resp_value& in, store::replicate::reply& to)
{
    return read(in, to.held);
}

bool read(resp_value& in, store::acquire::reply& to)
{
    if (has(in, 1))
        return read(in.items[0], to.deadline);
    to.waiting = in.is_status("WAITING");
    to.granted = !to.waiting && read(in, to.fence);
    return to.waiting || to.granted;
}

bool read(resp_value& in, store::withdraw::reply& to)
{
    std::uint64_t what = 0;
    bool const ok = read(in, what) && what <= 2;
    to.waited = what == 1;
    to.held = what == 2;
    return ok;
}

bool read_holders(std::vector<resp_value> const& in, std::vector<store::inspect::holder>& to)
{
    for (std::size_t i = 0; i + 2 < in.size(); i += 3)
    {
        auto& [what, deadline] = to.emplace_back();
        core::server_time since{};
        auto const& record = in[i + 2].text;
        if (!read(in[i + 1], deadline) ||
            !(record.starts_with('s') ? read_lock(in[i].text, record, what) : read_place(in[i].text, record, what, since)))
            return false;
    }
    return in.size() % 3 == 0;
}

bool read_waiters(std::vector<resp_value> const& in, std::vector<store::inspect::waiter>& to)
{
    for (std::size_t i = 0; i + 1 < in.size(); i += 2)
    {
        auto& [wanted, since] = to.emplace_back();
        if (!read_place(in[i].text, in[i + 1].text, wanted, since))
            return false;
    }
    return in.size() % 2 == 0;
}

bool read(resp_value& in, store::inspect::reply& to)
{
    return has(in, 3) && read(in.items[0], to.now) && read_holders(in.items[1].items, to.holders) &&
           read_waiters(in.items[2].items, to.waiters);
}

bool read(resp_value& in, store::waiting::reply& to)
{
    if (!has(in, 2) || !read(in.items[0], to.cursor) || in.items[1].items.size() % 3 != 0)
        return false;
    auto const& waiters = in.items[1].items;
    for (std::size_t i = 0; i < waiters.size(); i += 3)
    {
        auto& [lock, wanted] = to.entries.emplace_back();
        core::server_time since{};
        lock = waiters[i].text;
        if (!read_place(waiters[i + 1].text, waiters[i + 2].text, wanted, since))
            return false;
    }
    return true;
}

bool read(resp_value& in, store::proclaim::reply& to)
{
    return read(in, to.held);
}

bool read(resp_value& in, store::leader::reply& to)
{
    if (!in.is(kind::array) || in.items.empty() || !read(in.items[0], to.now))
        return false;
    if (in.items.size() == 1)
        return true;
    return has(in, 4) && read(in.items[1], to.deadline) && read_member(in.items[2].text, in.items[3].text, to.elected.emplace());
}

bool read(resp_value& in, store::reap::reply& to)
{
    return has(in, 5) && read(in.items[0], to.event) && read(in.items[1], to.due) && read_horizon(in, to.seen);
}

bool read(resp_value& in, store::close::reply& to)
{
    return has(in, 2) && read(in.items[0], to.done) && read(in.items[1], to.event);
}

bool read(resp_value& in, store::inventory::reply& to)
{
    if (!has(in, 4) || !read(in.items[0], to.cursor) || !read(in.items[1], to.members) || in.items[2].items.size() % 3 != 0)
        return false;
    auto& locks = in.items[2].items;
    for (std::size_t i = 0; i < locks.size(); i += 3)
    {
        auto& claim = to.locks.emplace_back();
        if (!read(locks[i], claim.names.emplace_back()) || !read(locks[i + 1], claim.fence) || !read(locks[i + 2], claim.owner))
            return false;
    }
    for (auto const& item : in.items[3].items)
        if (!read(item, to.places.emplace_back()))
            return false;
    return in.items[2].is(kind::array) && in.items[3].is(kind::array);
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
