// An operation that hangs on no session: sent until it is answered, its caller's deadline has come, or he has gone. Without a caller: until it is answered.
#ifndef COTERIE_SRC_SESSION_ASK_HPP
#define COTERIE_SRC_SESSION_ASK_HPP

#include "../core/backoff.hpp"
#include "caller.hpp"
#include "submit.hpp"

#include <memory>
#include <string>
#include <vector>

namespace coterie::session {

// `closed`: errc::closed from then on. Errors else: those of store::submit; outcome_unknown if one of several tries may have taken effect;
// asio's operation_aborted.
template <class Operation>
task<outcome<typename Operation::reply>> ask(hub& shared, std::string address, Operation operation, std::shared_ptr<caller_base> asking,
                                             std::shared_ptr<bool const> closed)
{
    outcome<typename Operation::reply> result;
    bool maybe = false;
    for (bool first = true;; first = false)
    {
        auto const until = asking ? asking->deadline : never;
        if (*closed)
            result.ec = errc::closed;
        else if (asking && asking->gone())
            result.ec = asio::error::operation_aborted;
        else if (!first && shared.now() >= until)
            result.ec = maybe ? error_code{errc::outcome_unknown} : shared.why_down();
        else if (shared.up())
        {
            result = co_await submit(shared, address, operation);
            if (result.ec != errc::outcome_unknown && result.ec != errc::not_connected)
                co_return result;
            maybe = maybe || result.ec == errc::outcome_unknown;
            if (shared.up())
                co_await shared.link_changed().wait(std::min(until, shared.now() + core::backoff::base));
            continue;
        }
        else
        {
            shared.storage();  // connects, if nobody did
            co_await shared.link_changed().wait(until);
            continue;
        }
        co_return result;
    }
}

// Runs what `make(i)` gives for each i below `count`, all at once, and waits for all of them.
template <class Make>
task<> each_of(hub& shared, std::size_t count, Make make)
{
    struct tally
    {
        std::size_t left;
        signal done;
    };
    auto const waiting = std::make_shared<tally>(tally{count, signal{shared.strand(), shared.time()}});
    for (std::size_t i = 0; i < count; ++i)
        spawn(shared.strand(), [waiting, make, i]() mutable -> task<> {
            co_await make(i);
            if (--waiting->left == 0)
                waiting->done.notify();
        });
    while (waiting->left > 0)
        co_await waiting->done.wait();
}

}  // namespace coterie::session

#endif
