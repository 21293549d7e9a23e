// The answers of the scripts: a line with the name of the operation, then the answer (answer_lines.hpp). After `hello`: those to the
// handshake. Whatever comes is a reply that can be worked with, or an error that says why not.
#include "answer_lines.hpp"

#include "src/store/memory/operation_name.hpp"
#include "src/store/redis/decode.hpp"
#include "src/store/redis/handshake.hpp"

#include <coterie/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace coterie;
using namespace std::chrono_literals;

constexpr auto operations = std::variant_size_v<store::operation>;

template <std::size_t... I>
std::array<std::string_view, operations> make_names(std::index_sequence<I...>)
{
    return {store::memory::operation_name(store::operation{std::in_place_index<I>})...};
}

std::size_t index_of(std::string_view name)
{
    static auto const names = make_names(std::make_index_sequence<operations>{});
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

// Two of them can be subtracted, and added to any length of time in use.
void check_time(core::server_time when)
{
    constexpr auto age = 366 * 1000 * 24h;
    fuzz::require(when > core::server_time{-age} && when < core::server_time{age}, "times are from this world");
}

void check_claim(store::claim const& what)
{
    auto const mode = what.mode;
    fuzz::require(mode == store::lock_mode::exclusive || mode == store::lock_mode::shared || mode == store::lock_mode::permit,
                  "a lock has one of the modes");
    fuzz::require(!what.names.empty() && !what.session.empty(), "a claim is somebody's to something");
}

void check_state(store::presence_state const& state)
{
    fuzz::require(!to_string(state.what).empty() && state.what <= status::online, "somebody has one of the states");
    check_time(state.since);
    check_time(state.last_seen);
}

template <class Reply>
void check(Reply const& reply)
{
    if constexpr (requires { reply.now; })
        check_time(reply.now);
    if constexpr (requires { check_time(reply.deadline); })
        check_time(reply.deadline);
    if constexpr (requires { reply.seen; })
    {
        check_time(reply.seen.now);
        check_time(reply.seen.next_deadline.value_or(reply.seen.now));
    }
    if constexpr (requires { reply.next_deadline; })
        check_time(reply.next_deadline.value_or(reply.now));
    if constexpr (requires { reply.busy_until; })
        check_time(reply.busy_until.value_or(reply.now));
}

void check_details(store::inspect::reply const& reply)
{
    for (auto const& [what, deadline] : reply.holders)
    {
        check_claim(what);
        check_time(deadline);
    }
    for (auto const& [wanted, since] : reply.waiters)
    {
        check_claim(wanted);
        check_time(since);
    }
}

void check_details(store::waiting::reply const& reply)
{
    for (auto const& entry : reply.entries)
        check_claim(entry.wanted);
}

void check_details(store::look_up::reply const& reply)
{
    for (auto const& state : reply.states)
        check_state(state);
}

void check_details(store::roll_call::reply const& reply)
{
    for (auto const& [id, state] : reply.states)
        check_state(state);
}

void check_details(auto const&) {}

void check_error(error_code error)
{
    fuzz::require(!error.message().empty(), "an error has words");
    fuzz::require(error == errc::refused || error == errc::lost || error == errc::stale || error == errc::unsupported_server,
                  "an answer is no other error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto text = fuzz::text_of(data, size);
    auto const name = fuzz::take_line(text);
    auto answers = fuzz::read_answers(text);
    if (name == "hello")
    {
        if (auto const error = redis::judge_handshake(answers))
            check_error(error);
        return 0;
    }

    auto const operation = index_of(name);
    store::reply reply;
    if (auto const error = redis::decode(operation, answers.empty() ? redis::resp_value{} : std::move(answers.front()), reply))
    {
        check_error(error);
        return 0;
    }
    fuzz::require(reply.index() == operation, "a reply is that of its operation");
    std::visit(
        [](auto const& known) {
            check(known);
            check_details(known);
        },
        reply);
    return 0;
}
