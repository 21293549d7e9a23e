#include "presence_decode.hpp"

#include "read_values.hpp"

#include <map>

namespace coterie::redis {
namespace {

using std::chrono::milliseconds;
using spans = std::map<std::string, milliseconds, std::less<>>;

std::optional<status> read_status(std::string_view digit)
{
    if (digit.size() != 1 || digit[0] < '1' || digit[0] > '5')
        return std::nullopt;
    return static_cast<status>(digit[0] - '0');
}

bool read_spans(resp_value const& in, spans& to)
{
    if (!in.is(resp_value::kind::array) || in.items.size() % 2 != 0)
        return false;
    for (std::size_t i = 0; i < in.items.size(); i += 2)
    {
        milliseconds span{};
        if (!read(in.items[i + 1], span))
            return false;
        to.emplace(in.items[i].text, span);
    }
    return true;
}

// `deadlines`: one a source, with a blank between.
bool read_entry(std::string_view record, std::string_view deadlines, spans const& known, core::presence_entry& to)
{
    text_reader in{record};
    in.bytes(1);
    to.since = in.time();
    auto const shown = read_status(in.bytes(1));
    to.shown = shown.value_or(status::offline);
    to.text = in.string();
    to.value = in.string();
    while (in.ok() && !in.done())
    {
        auto const what = read_status(in.bytes(1));
        auto const name = in.string();
        auto const end = std::min(deadlines.find(' '), deadlines.size());
        auto const deadline = to_unsigned(deadlines.substr(0, end));
        auto const span = known.find(name);
        if (!what || deadline.value_or(longest_time + 1) > longest_time || span == known.end())
            return false;
        to.sources.push_back({*what, std::string{name}, to_time(*deadline), span->second});
        deadlines.remove_prefix(std::min(end + 1, deadlines.size()));
    }
    return in.ok() && shown && deadlines.empty();
}

bool read_trace(std::string_view record, core::presence_trace& to)
{
    text_reader in{record};
    in.bytes(1);
    to.since = in.time();
    to.last_seen = in.time();
    to.forgotten = in.time();
    to.text = in.string();
    to.value = in.string();
    return in.ok() && in.done();
}

struct moment
{
    core::server_time now{};
    milliseconds linger{};
    milliseconds forget{};
};

// Three items of an answer.
bool read_moment(std::vector<resp_value> const& in, std::size_t at, moment& to)
{
    return read(in[at], to.now) && read(in[at + 1], to.linger) && read(in[at + 2], to.forget);
}

// What cannot be read is unknown, and spoils nobody else.
store::presence_state read_state(std::string_view record, std::string_view deadlines, spans const& known, moment const& at)
{
    core::presence_entry entry;
    core::presence_trace trace;
    if (record.starts_with('h') && read_entry(record, deadlines, known, entry))
        return core::state_of(entry, at.now, at.linger, at.forget);
    if (record.starts_with('g') && read_trace(record, trace))
        return core::state_of(trace, at.now);
    return {};
}

}  // namespace

bool read(resp_value& in, store::appear::reply& to)
{
    return read(in, to.changed);
}

bool read(resp_value& in, store::refresh::reply& to)
{
    for (auto const& item : in.items)
    {
        bool there = false;
        if (!read(item, there))
            return false;
        to.there.push_back(there);
    }
    return in.is(resp_value::kind::array);
}

bool read(resp_value& in, store::disappear::reply& to)
{
    return read(in, to.changed);
}

bool read(resp_value& in, store::look_up::reply& to)
{
    moment at;
    spans known;
    if (!has(in, 6) || !read(in.items[0], to.last) || !read_moment(in.items, 1, at) || !read_spans(in.items[5], known))
        return false;
    auto const& states = in.items[4].items;
    to.now = at.now;
    to.states.resize(states.size() / 2);
    for (std::size_t i = 0; i < to.states.size(); ++i)
        to.states[i] = read_state(states[2 * i].text, states[2 * i + 1].text, known, at);
    return states.size() % 2 == 0;
}

bool read(resp_value& in, store::roll_call::reply& to)
{
    moment at;
    spans known;
    if (!has(in, 8) || !read(in.items[0], to.cursor) || !read(in.items[1], to.last) || !read_moment(in.items, 2, at) ||
        !read_spans(in.items[7], known))
        return false;
    auto& ids = in.items[5].items;
    auto const& states = in.items[6].items;
    if (states.size() != 2 * ids.size())
        return false;
    to.now = at.now;
    to.states.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        to.states[i].first = std::move(ids[i].text);
        to.states[i].second = read_state(states[2 * i].text, states[2 * i + 1].text, known, at);
    }
    return true;
}

bool read(resp_value& in, store::lapse::reply& to)
{
    if (!has(in, 5))
        return false;
    auto const& next = in.items[1];
    if (!next.is(resp_value::kind::null) && !read(next, to.next_deadline.emplace()))
        return false;
    return read(in.items[0], to.now) && read(in.items[2], to.watchers) && read(in.items[3], to.last) && read(in.items[4], to.changed);
}

bool read(resp_value& in, store::head_count::reply& to)
{
    return has(in, 2) && read(in.items[0], to.count) && read(in.items[1], to.more);
}

bool read(resp_value& in, store::change_party::reply& to)
{
    return read(in, to.changed);
}

bool read(resp_value& in, store::read_party::reply& to)
{
    return read(in, to.ids);
}

}  // namespace coterie::redis
