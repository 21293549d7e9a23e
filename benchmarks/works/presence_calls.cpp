// B12: --size ids in one call; and what an id costs in the server's memory.
#include "benchmarks/harness/costs.hpp"
#include "benchmarks/harness/run.hpp"
#include "works.hpp"

#include <coterie/coterie.hpp>

namespace coterie::benchmarks {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> make_ids(std::uint64_t first, std::uint64_t count)
{
    std::vector<std::string> all;
    for (auto i = first; i < first + count; ++i)
        all.push_back(fmt::format("user-{:010}", i));
    return all;
}

// Many calls, one after the other; the first one warms up. Returns ids a second.
class call_meter
{
public:
    explicit call_meter(setting const& how) : how_{how} {}

    template <class Call>
    void measure(std::string_view metric, Call const& call) const
    {
        call(0);
        histogram times;
        for (auto const end = now() + how_.time; now() < end || times.count() < 3;)
        {
            auto const begin = now();
            call(times.count() + 1);
            times.add(now() - begin);
        }
        how_.report(metric, static_cast<double>(how_.size) * 1e6 / times.percentile_us(0.5));
    }

private:
    setting const& how_;
};

void by_coterie(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    presence space{store, {.space = how.name("space"), .ttl = 60s, .source = "server-1"}};
    call_meter const meter{how};
    auto const ids = make_ids(0, how.size);
    meter.measure("online_new_ids_per_s", [&](std::uint64_t round) {
        run(io, [](presence& to, std::vector<std::string> who) -> asio::awaitable<void> {
            co_await to.async_online(who);
        }(space, make_ids(round * how.size, how.size)));
    });
    meter.measure("refresh_ids_per_s", [&](std::uint64_t) {
        run(io,
            [](presence& to, std::vector<std::string> const& who) -> asio::awaitable<void> { co_await to.async_online(who); }(space, ids));
    });
    meter.measure("status_ids_per_s", [&](std::uint64_t) {
        run(io,
            [](presence& to, std::vector<std::string> const& who) -> asio::awaitable<void> { co_await to.async_status(who); }(space, ids));
    });
    meter.measure("offline_ids_per_s", [&](std::uint64_t round) {
        run(io, [](presence& to, std::vector<std::string> who) -> asio::awaitable<void> {
            co_await to.async_offline(who);
        }(space, make_ids(round * how.size, how.size)));
    });
    run(io, space.async_close(asio::use_awaitable));
}

// The commands that redisence sends, of all ids at once.
class redisence
{
public:
    explicit redisence(setting const& how) : how_{how}, server_{io_, how.url} {}

    template <class Append>
    void call(std::uint64_t round, std::size_t commands_per_id, Append const& append)
    {
        std::string commands;
        for (auto i = round * how_.size; i < (round + 1) * how_.size; ++i)
            append(commands, how_.name(fmt::format("user-{:010}", i)));
        server_.ask_all(commands, commands_per_id * how_.size);
    }

private:
    setting const& how_;
    asio::io_context io_;
    raw_connection server_;
};

void by_redisence(setting const& how)
{
    redisence all{how};
    call_meter const meter{how};
    auto const expire = [](std::string& to, std::string_view id) { append_command(to, {"EXPIRE", id, "60"}); };
    meter.measure("online_new_ids_per_s", [&](std::uint64_t round) {
        all.call(round, 2, [&](std::string& to, std::string_view id) {
            expire(to, id);
            append_command(to, {"SETEX", id, "60", "online"});
        });
    });
    meter.measure("refresh_ids_per_s", [&](std::uint64_t) { all.call(0, 1, expire); });
    meter.measure("status_ids_per_s", [&](std::uint64_t) {
        all.call(0, 1, [](std::string& to, std::string_view id) { append_command(to, {"EXISTS", id}); });
    });
    meter.measure("offline_ids_per_s", [&](std::uint64_t round) {
        all.call(round, 1, [](std::string& to, std::string_view id) { append_command(to, {"EXPIRE", id, "0"}); });
    });
}

constexpr std::uint64_t ids_per_call = 10'000;

void memory_by_coterie(setting const& how)
{
    asio::io_context io{1};
    client store{io.get_executor(), how.url};
    presence space{store, {.space = how.name("space"), .ttl = 10min, .source = "server-1"}};
    cost_meter meter{how.url};
    auto const before = meter.info("used_memory");
    run_each(io, how.size / ids_per_call, 1, [&](std::uint64_t i) -> asio::awaitable<void> {
        auto const ids = make_ids(i * ids_per_call, ids_per_call);
        co_await space.async_online(ids);
    });
    how.report("bytes_per_id", (meter.info("used_memory") - before) / static_cast<double>(how.size));
}

void memory_by_redisence(setting const& how)
{
    auto part = how;
    part.size = ids_per_call;
    redisence all{part};
    cost_meter meter{how.url};
    auto const before = meter.info("used_memory");
    for (std::uint64_t i = 0; i < how.size / ids_per_call; ++i)
        all.call(i, 1, [](std::string& to, std::string_view id) { append_command(to, {"SETEX", id, "600", "online"}); });
    how.report("bytes_per_id", (meter.info("used_memory") - before) / static_cast<double>(how.size));
}

}  // namespace

work presence_calls()
{
    return {"B12", "presence, many ids in a call", {{"coterie", by_coterie}, {"redisence", by_redisence}}};
}

work presence_memory()
{
    return {"B12m", "presence, memory of an id", {{"coterie", memory_by_coterie}, {"redisence", memory_by_redisence}}};
}

}  // namespace coterie::benchmarks
