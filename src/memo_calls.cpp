// The operations on memoised results: checks first, the local cache in the caller's thread, then onto the strand, then to the table.
#include <coterie/detail/memo_calls.hpp>
#include <coterie/options.hpp>

#include "core/limits.hpp"
#include "session/ask.hpp"
#include "session/memo_table.hpp"

#include <boost/asio/append.hpp>
#include <boost/system/system_error.hpp>

namespace coterie {
namespace detail {
namespace {

using namespace std::chrono_literals;
using session::task;

// Starts an operation whose arguments were found `wrong` or good. `body` gets the caller.
template <class... Values, class Body>
void start(memo_ptr table, asio::any_completion_handler<void(error_code, Values...)> handler, error_code wrong, Body body)
{
    auto const& hub = *table->shared();
    auto const asking = session::caller<Values...>::make(hub.strand(), hub.user_executor(), std::move(handler));
    session::spawn(hub.strand(), [table, asking, wrong, body = std::move(body)]() mutable -> task<> {
        if (wrong)
            co_return asking->fail(wrong);
        co_await body(*table, asking);
    });
}

error_code check(std::string const& id, memo_result const& result)
{
    if (auto const wrong = core::check_name(id))
        return wrong;
    if (result.ttl < 1ms || result.ttl > 36'500 * 24h)
        return errc::bad_argument;
    return result.value && result.value->size() > core::max_result ? error_code{errc::too_large} : error_code{};
}

}  // namespace

void memo_get(memo_ptr table, std::string id, std::chrono::milliseconds wait, memo_get_options options, memo_form form,
              memo_generator generator, memo_get_handler handler)
{
    auto& hub = *table->shared();
    ++hub.count().memo_gets;
    if (auto hit = options.refresh || wait < 0ms ? std::nullopt : table->cache().find(id, hub.now()))
    {
        ++hub.count().memo_local_hits;
        return asio::post(hub.user_executor(), asio::append(std::move(handler), std::exception_ptr{}, std::move(*hit)));
    }
    auto wrong = core::check_name(id);
    if (!wrong && wait < 0ms)
        wrong = errc::bad_argument;
    auto const one = std::make_shared<session::memo_waiter>();
    one->asking = session::memo_caller::make(hub.strand(), hub.user_executor(), std::move(handler));
    one->generator = std::move(generator);
    one->form = form;
    one->refresh = options.refresh;
    one->came = hub.now();
    one->waits = wait > 0ms;
    one->until = wait > 36'500 * 24h ? session::never : one->came + wait;  // forever, too
    asio::post(hub.strand(), [table, id = std::move(id), one, wrong] {
        if (wrong)
            return one->fail(wrong);
        if (!one->asking->gone())
            table->get(id, one);
    });
}

void memo_store(memo_ptr table, std::string id, memo_result result, asio::any_completion_handler<void(error_code)> handler)
{
    auto const wrong = check(id, result);
    start<>(std::move(table), std::move(handler), wrong, [id, result = std::move(result)](session::memo_table& self, auto asking) mutable {
        return self.put(id, std::move(result), asking);
    });
}

void memo_invalidate(memo_ptr table, std::string id, asio::any_completion_handler<void(error_code, bool)> handler)
{
    auto const wrong = core::check_name(id);
    start<bool>(std::move(table), std::move(handler), wrong,
                [id](session::memo_table& self, auto asking) { return self.invalidate(id, asking); });
}

void close_memo(memo_ptr table, asio::any_completion_handler<void(error_code)> handler)
{
    start<>(std::move(table), std::move(handler), {}, [](session::memo_table& self, auto asking) -> task<> {
        self.close();
        asking->succeed();
        co_return;
    });
}

}  // namespace detail

memo_lease::memo_lease(std::shared_ptr<session::memo_generation> generation) noexcept : generation_{std::move(generation)} {}

std::uint64_t memo_lease::fence() const
{
    return generation_->fence;
}

asio::any_io_executor memo_lease::executor() const
{
    return generation_->shared->user_executor();
}

void memo_lease::renew(std::shared_ptr<session::memo_generation> const& mine, std::chrono::milliseconds lease,
                       asio::any_completion_handler<void(error_code)> handler)
{
    using namespace std::chrono_literals;
    auto const asking = session::caller<>::make(mine->shared->strand(), mine->shared->user_executor(), std::move(handler));
    session::spawn(mine->shared->strand(), [mine, asking, lease]() -> session::task<> {
        if (lease < 1ms || lease > 7 * 24h)
            co_return asking->fail(errc::bad_argument);
        if (mine->fence == 0)
            co_return asking->fail(errc::not_connected);
        asking->deadline = mine->shared->now() + mine->shared->config().timeout;
        store::memo_renew const operation{mine->token, mine->fence, lease};
        auto const renewed = co_await session::ask(*mine->shared, mine->address, operation, asking, mine->closed);
        if (!renewed.ec && renewed.value.deadline)
            mine->lease_end = std::max(mine->lease_end, renewed.sent + lease);
        asking->answer(renewed.ec || renewed.value.deadline ? renewed.ec : error_code{errc::lost});
    });
}

}  // namespace coterie
