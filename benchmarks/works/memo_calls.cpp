// B13: a result that is there; one that is in this process; one that --size callers want and nobody has.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include <atomic>
#include <thread>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

asio::awaitable<memo_result> never()
{
    throw std::logic_error{"the result should be there"};
    co_return memo_result{};
}

asio::awaitable<void> get_again_and_again(memo& results, setting const& how)
{
    co_await results.async_store("id", std::string(100, 'v'), 1h);
    co_await results.async_get("id", 10s, never);
    histogram times;
    for (auto const end = now() + how.time; now() < end;)
    {
        auto const begin = now();
        co_await results.async_get("id", 10s, never);
        times.add(now() - begin);
    }
    how.report(times);
    how.report("gets_per_s", static_cast<double>(times.count()) / std::chrono::duration<double>(how.time).count());
}

void measure_coterie(setting const& how, std::size_t local_entries)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    memo results{store, {.tag = how.name("tag"), .local_entries = local_entries}};
    run(io, get_again_and_again(results, how));
    run(io, results.async_close(asio::use_awaitable));
}

void measure_raw(setting const& how)
{
    asio::io_context io{1};
    raw_connection server{io, how.url};
    auto const key = how.name("key");
    server.ask({"SET", key, std::string(100, 'v'), "PX", "3600000"});
    std::string get;
    append_command(get, {"GET", key});
    histogram times;
    run(io, [](raw_connection& from, std::string const& command, setting const& work, histogram& to) -> asio::awaitable<void> {
        for (auto const end = now() + work.time; now() < end;)
        {
            auto const begin = now();
            co_await from.async_write(command);
            co_await from.async_read();
            to.add(now() - begin);
        }
    }(server, get, how, times));
    how.report(times);
    how.report("gets_per_s", static_cast<double>(times.count()) / std::chrono::duration<double>(how.time).count());
}

// In each of two processes.
void herd(setting const& how)
{
    struct protocol
    {
        std::atomic<int> ready;
        std::atomic<std::uint64_t> generations;
    };
    shared<protocol> all;
    auto const begin = now();
    run_processes(2, [&](int) {
        asio::io_context io{1};
        client store{io.get_executor(), how.url};
        memo results{store, {.tag = how.name("tag")}};
        auto const generate = [&]() -> asio::awaitable<memo_result> {
            ++all->generations;
            co_await async_sleep(100ms);
            co_return memo_result{"value", 1min};
        };
        run(io, results.async_store("other", "value", 1min, asio::use_awaitable));
        for (++all->ready; all->ready < 2;)
            std::this_thread::yield();
        run_each(io, how.size, how.size, [&](std::uint64_t) -> asio::awaitable<void> { co_await results.async_get("id", 10s, generate); });
        run(io, results.async_close(asio::use_awaitable));
    });
    how.report("generations", static_cast<double>(all->generations));
    how.report("all_served_ms", std::chrono::duration<double, std::milli>(now() - begin).count());
}

}  // namespace

work memo_hit()
{
    return {"B13",
            "a memoised result that is there",
            {{"coterie", [](setting const& how) { measure_coterie(how, 0); }},
             {"coterie-local", [](setting const& how) { measure_coterie(how, 1000); }},
             {"raw", measure_raw}}};
}

work memo_herd()
{
    return {"B13h", "many callers of two processes want a missing result", {{"coterie", herd}}};
}

}  // namespace coterie::benchmarks
