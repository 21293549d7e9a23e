// One generation of a memoised result, by a generator in this process.
#ifndef COTERIE_SRC_SESSION_MEMO_GENERATION_HPP
#define COTERIE_SRC_SESSION_MEMO_GENERATION_HPP

#include "caller.hpp"
#include "hub.hpp"

#include <coterie/detail/memo_calls.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coterie::session {

using memo_caller = basic_caller<std::exception_ptr, detail::memo_value>;

struct memo_generation;

// Somebody who wants a result, and how he would generate it.
struct memo_waiter
{
    std::shared_ptr<memo_caller> asking;
    detail::memo_generator generator;
    detail::memo_form form = detail::memo_form::internal;
    bool refresh = false;
    core::local_time came{};
    core::local_time until{};  // for so long he waits
    bool waits = true;         // else he wants one look

    std::uint64_t looks = 0;                       // how many had been sent when he came: later ones see what was true after that
    std::optional<std::uint64_t> oldest{};         // the smallest fence that does for him; empty: not known before a look
    std::optional<detail::memo_value> fallback{};  // he refreshes early, and takes this if he cannot
    memo_generation const* served_by = nullptr;    // it began after he had come: its result is right for him, kept or not

    void answer(detail::memo_value value)
    {
        asking->occupied = false;
        asking->succeed(std::move(value));
    }

    void fail(error_code why)
    {
        if (fallback)
            return answer(*fallback);
        asking->occupied = false;
        asking->fail(why);
    }
};

struct memo_generation
{
    std::shared_ptr<hub> shared;
    std::shared_ptr<bool const> closed;
    std::string address;
    std::string token;
    std::uint64_t fence = 0;  // 0: without a lease, as the store cannot be asked
    core::local_time began{};
    core::local_time lease_end{};
    detail::memo_form form = detail::memo_form::internal;

    std::shared_ptr<memo_waiter> leader{};  // whose generator it is; nobody: it runs in the background
    std::function<void()> cancel{};
    std::optional<std::pair<std::exception_ptr, memo_result>> outcome{};  // it has ended
};

}  // namespace coterie::session

#endif
