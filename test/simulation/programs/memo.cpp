// Memoised results: wanted, refreshed, given up, invalidated, stored, while what they are made from changes.
#include "test/checkers/memo_checker.hpp"
#include "test/simulation/programs.hpp"

#include <coterie/testing.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <charconv>

namespace coterie::simulation {
namespace {

constexpr std::array<char const*, 2> ids{"x", "y"};

int number(std::string const& text)
{
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
}

class memo_history : public history
{
public:
    explicit memo_history(setting const& how)
        : history{how}
        , seed_{how.seed}
        , quiet_{plan_.calm() && seed_ / 64 % 2 == 0}
        , memos_checked_{cached() ? moment{local_ttl()} : moment{}}
    {
    }

private:
    void act() override;
    void on_begun(process&) override;
    void on_over(process& which, bool) override { memos_.erase(which.number); }
    void on_trouble(trouble) override;
    void come_to_rest() override;

    void get(process&, std::size_t which);
    void change(process&, std::size_t which);
    asio::awaitable<memo_result> generate(std::size_t which);
    asio::awaitable<void> have_stored(std::size_t which);
    bool is_orderly() const { return !plan_.network && !plan_.crashes; }  // what is sent takes effect in time
    bool cached() const { return seed_ / 8 % 2 == 1; }
    milliseconds local_ttl() const { return paced(500ms); }

    std::uint64_t const seed_;
    bool const quiet_;  // nothing fails or changes, so one generates at a time
    checkers::memo_checker memos_checked_;
    std::map<int, memo> memos_;      // by process
    std::array<int, 2> versions_{};  // of what the results are made from
    std::array<int, 2> changing_{};
    std::array<int, 2> storing_{};
    int failovers_ = 0;
    std::map<int, int> open_;  // gets by process
};

void memo_history::on_begun(process& which)
{
    memo_config config;
    config.lock_timeout = paced(2s);
    config.local_entries = cached() ? 2 : 0;
    config.local_ttl = local_ttl();
    config.fail_open = seed_ % 5 == 0;
    config.early_refresh = seed_ % 4 == 1 ? 1 : 0;
    config.stale = seed_ % 7 == 3 ? paced(3s) : 0ms;
    memos_.emplace(which.number, memo{*which.client, config});
}

void memo_history::on_trouble(trouble what)
{
    if (what != trouble::failover)
        return;
    ++failovers_;
    memos_checked_.on_failover();
}

asio::awaitable<memo_result> memo_history::generate(std::size_t which)
{
    ++counts_["generated"];
    memos_checked_.on_begun(ids[which], quiet_);
    auto const seen = std::to_string(versions_[which]);
    auto const pause = paced(up_to(300ms));
    boost::system::error_code cut;
    if (server.exact())
        co_await testing::async_sleep(clock, pause, asio::redirect_error(asio::use_awaitable, cut));
    else
        co_await asio::steady_timer{co_await asio::this_coro::executor, pause}.async_wait(asio::redirect_error(asio::use_awaitable, cut));
    memos_checked_.on_ended(ids[which]);
    if (cut)
        throw boost::system::system_error{cut};
    if (one_in(8))
        throw std::runtime_error{"told to fail"};
    co_return memo_result{seen, paced(1ms + up_to(3s))};
}

// Somebody stores it, in his own time.
asio::awaitable<void> memo_history::have_stored(std::size_t which)
{
    auto const* const by = any_running();
    if (by == nullptr)
        co_return;
    say("{} is to store {}", by->number, ids[which]);
    ++counts_["stored from outside"];
    ++storing_[which];
    auto const done = [this, which](error_code) { --storing_[which]; };
    memos_.at(by->number).async_store(ids[which], std::to_string(versions_[which]), paced(2s), done);
}

void memo_history::get(process& by, std::size_t which)
{
    bool const external = is_orderly() && changing_[which] == 0 && one_in(8);
    storing_[which] += external ? 1 : 0;
    auto const cancel = std::make_shared<asio::cancellation_signal>();
    auto const who = by.number;
    ++open_[who];
    auto handler = [this, which, who, external, cancel, asked = now()](std::exception_ptr error, std::optional<std::string> const& value) {
        --open_[who];
        storing_[which] -= external ? 1 : 0;
        say("{} gets {} of {}", who, error ? "an error" : value.value_or("nothing"), ids[which]);
        ++counts_[error ? "failed" : "got"];
        if (!error)
            memos_checked_.on_got(ids[which], number(*value), asked, versions_[which]);
    };
    memo_get_options options;
    options.refresh = one_in(6);
    say("{} wants {}{}", who, ids[which], options.refresh ? " anew" : "");
    auto on_end = asio::bind_cancellation_slot(cancel->slot(), std::move(handler));
    auto& from = memos_.at(who);
    if (external)
        from.async_get_external(
            ids[which], paced(20s), [this, which] { return have_stored(which); }, options, std::move(on_end));
    else if (one_in(4))
        from.async_get_renewable(
            ids[which], paced(20s),
            [this, which](memo_lease& lease) -> asio::awaitable<memo_result> {
                co_await lease.async_renew(paced(3s), asio::as_tuple(asio::use_awaitable));
                co_return co_await generate(which);
            },
            options, std::move(on_end));
    else
        from.async_get(
            ids[which], paced(20s), [this, which] { return generate(which); }, options, std::move(on_end));
    if (one_in(5))
    {
        run_for(up_to(200ms));
        if (by.runs)
            cancel->emit(asio::cancellation_type::terminal);
    }
}

// First the truth, then the invalidation (or what is right now): who asks after that must not get what was before.
void memo_history::change(process& by, std::size_t which)
{
    // A store that comes late, after another change, would be wrong: so there is none beside it.
    if (storing_[which] != 0)
        return;
    auto const version = ++versions_[which];
    bool const stores = is_orderly() && changing_[which] == 0 && one_in(4);
    storing_[which] += stores ? 1 : 0;
    ++changing_[which];
    say("{} changes {} to {}{}", by.number, ids[which], version, stores ? ", and stores that" : "");
    auto const done = [this, which, stores, version, before = failovers_](error_code ec) {
        ++counts_["changes"];
        storing_[which] -= stores ? 1 : 0;
        --changing_[which];
        if (!ec && failovers_ == before)
            memos_checked_.on_changed(ids[which], version, now());
    };
    if (stores)
        memos_.at(by.number).async_store(ids[which], std::to_string(version), paced(2s), done);
    else
        memos_.at(by.number).async_invalidate(ids[which], [done](error_code ec, bool) { done(ec); });
}

void memo_history::act()
{
    auto* const by = any_running();
    if (by == nullptr)
        return;
    auto const which = below(ids.size());
    if (!quiet_ && one_in(5))
        change(*by, which);
    else
        get(*by, which);
}

// Everybody is answered, and a generator that fails is followed by another.
void memo_history::come_to_rest()
{
    require_soon(60s, "memo: everybody is answered",
                 [this] { return std::ranges::all_of(processes, [this](auto const& each) { return open_[each->number] == 0; }); });
    for (std::size_t which = 0; which < ids.size(); ++which)
    {
        auto const before = counts_["got"];
        for (int tries = 0; tries < 20 && counts_["got"] == before; ++tries)
        {
            get(*processes.front(), which);
            run_for(1s);
        }
        if (counts_["got"] == before)
            throw violation{"memo: nobody gets anything in the end"};
    }
    require_soon(60s, "memo: everybody is answered", [this] { return open_[processes.front()->number] == 0; });
    for (auto& [number, each] : memos_)
        each.async_close([](error_code) {});
    run_for(1s + spare());
}

}  // namespace

counts run_memo(setting const& how)
{
    return memo_history{how}.run();
}

}  // namespace coterie::simulation
