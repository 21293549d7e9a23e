// How an operation of the public classes begins: checks first, then onto the strand, then to the part that does it.
#ifndef COTERIE_SRC_CALLS_HPP
#define COTERIE_SRC_CALLS_HPP

#include <coterie/detail/connector_calls.hpp>

#include "session/connector.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coterie::detail {

using session::task;

inline error_code first_of(std::initializer_list<error_code> codes)
{
    auto const found = std::find_if(codes.begin(), codes.end(), [](error_code ec) { return ec.failed(); });
    return found == codes.end() ? error_code{} : *found;
}

// Starts an operation whose arguments were found `wrong` or good. `body` gets the connector and the caller.
template <class... Values, class Body>
void start(connector_ptr connector, handler<Values...> handler, error_code wrong, Body body)
{
    auto const& hub = connector->shared();
    auto const asking = session::caller<Values...>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [connector, asking, wrong, body = std::move(body)]() mutable -> task<> {
        if (wrong || connector->closing())
            co_return asking->fail(wrong ? wrong : errc::closed);
        connector->register_caller(asking);
        co_await body(*connector, asking);
    });
}

// The same for what needs a session.
template <class... Values, class Body>
void start_in_session(connector_ptr connector, handler<Values...> handler, error_code wrong, Body body)
{
    start<Values...>(std::move(connector), std::move(handler), wrong,
                     [body = std::move(body)](session::connector& self, auto const& asking) mutable {
                         self.need_session();
                         return body(self, asking);
                     });
}

// Empty: not to be had in time.
inline task<std::optional<lock>> acquire(session::connector& self, session::wish_ptr wanted, session::lock_table::manner how,
                                         std::shared_ptr<session::caller_base> asking)
{
    auto const acquired = co_await self.locks().acquire(std::move(wanted), how, asking);
    if (acquired.ec)
        asking->fail(acquired.ec);
    if (!acquired.value)
        co_return std::nullopt;
    auto const hold = std::make_shared<session::hold>();
    hold->owner = self.shared_from_this();
    hold->lock = acquired.value;
    co_return lock{hold};
}

inline std::string or_default(std::string member, session::connector const& connector)
{
    return member.empty() ? connector.config().member : std::move(member);
}

}  // namespace coterie::detail

#endif
