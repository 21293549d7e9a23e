// B4: two processes hand one lock to and fro. Measured from the call that releases it to the moment the other one has it.
#include "benchmarks/harness/processes.hpp"
#include "benchmarks/harness/raw_connection.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

#include "src/store/redis/encode.hpp"

#include <array>
#include <atomic>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

// So long each of them holds it: the other one stands in line by then.
constexpr auto hold = 3ms;
constexpr std::size_t most = 100'000;

struct protocol
{
    std::atomic<std::size_t> turns;  // of whoever holds the lock
    std::array<std::int64_t, most> got;
    std::array<std::int64_t, most> released;
};

void report(setting const& how, protocol const& seen)
{
    histogram times;
    constexpr std::size_t first = 20;
    for (auto turn = first; turn + 1 < seen.turns; ++turn)
        times.add(std::chrono::nanoseconds{seen.got[turn] - seen.released[turn - 1]});
    how.report(times);
}

asio::awaitable<void> take_turns(setting const& how, protocol& seen, std::chrono::nanoseconds end)
{
    client store{co_await asio::this_coro::executor, how.url};
    group_connector group{store, {.group_name = how.name("group")}};
    while (now() < end)
    {
        auto held = co_await group.async_lock("lock");
        auto const turn = seen.turns.fetch_add(1);
        seen.got[turn] = now().count();
        co_await async_sleep(hold);
        seen.released[turn] = now().count();
        co_await held.async_release();
    }
    co_await group.async_close();
}

void measure_coterie(setting const& how)
{
    shared<protocol> seen;
    run_processes(2, [&](int) {
        asio::io_context io{1};
        run(io, take_turns(how, *seen, now() + how.time));
    });
    report(how, *seen);
}

// What the library sends, as it goes over the wire.
std::string bytes_of(std::string const& group, store::operation const& what)
{
    boost::redis::request request;
    redis::append(request, redis::encode(group, what), redis::naming::by_sha1);
    return std::string{request.payload()};
}

// The same operations, sent and awaited by hand: what is not the library's own time.
class raw_player
{
public:
    raw_player(asio::io_context& io, setting const& how, int which)
        : group_{how.name("group")}
        , who_{fmt::format("{:0>16}", which), 1}
        , commands_{io, how.url}
        , pushes_{io, how.url}
    {
        for (auto const& each : redis::all_scripts())
            commands_.load(each.text);
        commands_.ask_all(bytes_of(group_, store::open{.who = who_, .ttl = 1min}), 1);
        pushes_.ask({"SSUBSCRIBE", fmt::format("coterie:{{{}}}:s:{}", group_, who_.session)});
    }

    asio::awaitable<void> take_turns(protocol& seen, std::chrono::nanoseconds end)
    {
        while (now() < end)
        {
            store::acquire wanted;
            wanted.who = who_;
            wanted.place = ++place_;
            wanted.names = {"lock"};
            wanted.owner = "raw";
            wanted.wait = true;
            auto const take = bytes_of(group_, wanted);
            co_await commands_.async_write(take);
            std::string_view const answer = co_await commands_.async_read();
            if (answer == "+WAITING\r\n")
                co_await pushes_.async_read();
            auto const turn = seen.turns.fetch_add(1);
            seen.got[turn] = now().count();
            co_await async_sleep(hold);
            seen.released[turn] = now().count();
            auto const release = bytes_of(group_, store::withdraw{who_, place_});
            co_await commands_.async_write(release);
            co_await commands_.async_read();
        }
    }

private:
    std::string group_;
    store::caller who_;
    std::uint64_t place_ = 0;
    raw_connection commands_;
    raw_connection pushes_;
};

void measure_raw(setting const& how)
{
    shared<protocol> seen;
    run_processes(2, [&](int which) {
        asio::io_context io{1};
        raw_player player{io, how, which};
        run(io, player.take_turns(*seen, now() + how.time));
    });
    report(how, *seen);
}

}  // namespace

work hand_off()
{
    return {"B4", "a lock handed from process to process", {{"coterie", measure_coterie}, {"raw", measure_raw}}};
}

}  // namespace coterie::benchmarks
