// alone: it measures real time
// Many members and many locks: everything works, in bounded time, and a beat costs no more than with none.
#include "world.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <memory>
#include <thread>
#include <utility>

namespace coterie::test {
namespace {

constexpr int many = 10'000;
constexpr int at_once = 64;

// Does `step(i)` for each i in [begin, end), some at a time.
template <class Step>
asio::awaitable<void> in_parallel(asio::io_context& io, int begin, int end, Step step)
{
    int next = begin;
    int running = 0;
    std::exception_ptr failure;
    auto const worker = [&]() -> asio::awaitable<void> {
        while (next < end && !failure)
            co_await step(next++);
    };
    for (int i = 0; i < at_once; ++i)
    {
        ++running;
        asio::co_spawn(io, worker(), [&](std::exception_ptr error) {
            failure = error ? error : failure;
            --running;
        });
    }
    while (running > 0)
        co_await pause(1ms);
    if (failure)
        std::rethrow_exception(failure);
}

asio::awaitable<void> join_some(asio::io_context& io, group_connector& group, int begin, int end)
{
    auto const join = [&](int i) -> asio::awaitable<void> {
        auto const name = fmt::format("m{}", i);
        co_await group.async_join(name, "value");
    };
    co_await in_parallel(io, begin, end, join);
}

// Says what took how long.
class stopwatch
{
public:
    long long operator()(std::string_view what)
    {
        auto const took = ms_since(std::exchange(start_, steady::now()));
        BOOST_TEST_MESSAGE(fmt::format("{}: {} ms", what, took));
        return took;
    }

private:
    steady::time_point start_ = steady::now();
};

// A connector on a thread of its own, which ends as a killed process does: nothing that it still had to say is sent.
class victim
{
public:
    victim(std::string const& url, group_config config) : group_{std::in_place, client{io_->get_executor(), url}, std::move(config)}
    {
        thread_ = std::thread{[this] { io_->run(); }};
    }

    ~victim()
    {
        if (thread_.joinable())
            kill();
    }

    void join_some(int begin, int end) { asio::co_spawn(*io_, test::join_some(*io_, *group_, begin, end), asio::use_future).get(); }

    void kill()
    {
        io_->stop();
        thread_.join();
        group_.reset();
        work_.reset();
        io_.reset();
    }

private:
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_ = asio::make_work_guard(*io_);
    std::optional<group_connector> group_;
    std::thread thread_;
};

struct scale_world : world
{
    group_config const tempo{.group_name = "g", .heartbeat = 500ms * slowdown(), .ttl = 2s * slowdown(), .member = "me"};

    // What a script call cost the server on average during this time: calls, us for each.
    asio::awaitable<std::pair<int, double>> cost_of_scripts(milliseconds duration)
    {
        redis({"CONFIG", "RESETSTAT"});
        co_await pause(duration);
        auto const stats = redis({"INFO", "commandstats"}).text;
        auto const number_after = [&](std::string const& field) {
            auto const line = stats.find("cmdstat_evalsha:");
            auto const at = line == std::string::npos ? line : stats.find(field, line);
            return at == std::string::npos ? 0.0 : std::stod(stats.substr(at + field.size()));
        };
        co_return std::pair{static_cast<int>(number_after("calls=")), number_after("usec_per_call=")};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(scale, scale_world)

BOOST_AUTO_TEST_CASE(ten_thousand_members)
{
    live(
        [&]() -> asio::awaitable<void> {
            auto const shared = connect();
            group_connector second{shared, tempo};
            group_connector third{shared, tempo};
            group_connector eye{connect(), tempo};
            auto early = co_await eye.async_watch();
            auto const [idle_calls, idle_cost] = co_await cost_of_scripts(4 * tempo.heartbeat);

            stopwatch time;
            victim doomed{server.url(), tempo};
            doomed.join_some(0, many / 2);
            time("5,000 joins on another thread");
            co_await join_some(io, second, many / 2, many * 3 / 4);
            co_await join_some(io, third, many * 3 / 4, many);
            time("5,000 joins");
            names seen;
            while (seen.size() < many)
            {
                auto const change = co_await next(early);
                fold(seen, change);
            }
            time("all of them seen");
            auto const members = co_await eye.async_members();
            BOOST_TEST(members.size() == std::size_t{many});
            BOOST_TEST(time("a snapshot") <= 3000 * slowdown());
            auto events = co_await second.async_watch();
            auto const first = co_await next(events);
            BOOST_TEST(first.joined.size() == std::size_t{many});
            BOOST_TEST(time("the first change of a new watch") <= 3000 * slowdown());

            auto const [calls, cost] = co_await cost_of_scripts(4 * tempo.heartbeat);
            BOOST_TEST_MESSAGE(fmt::format("a call of a beat or reap costs the server {} us, {} without members", cost, idle_cost));
            BOOST_TEST(calls > 0);
            BOOST_TEST(cost <= 10 * idle_cost + 100 * slowdown());  // one that grew with the members would take milliseconds

            doomed.kill();
            stopwatch since_kill;
            std::optional<long long> began;
            while (seen.size() > many / 2)
            {
                auto const change = co_await next(early);
                if (!began)
                    began = since_kill("the first death announced");
                fold(seen, change);
            }
            auto const took = since_kill("the last of 5,000");
            BOOST_TEST(took <= 1000 * slowdown());
            BOOST_TEST(!seen.contains("m0"));
            BOOST_TEST(seen.contains(fmt::format("m{}", many - 1)));
            BOOST_TEST(co_await listed(eye) == seen);

            stopwatch closing;
            co_await second.async_close();
            co_await third.async_close();
            closing("two connectors with 5,000 members closed");
            co_await until(early, seen, names{});
        },
        100s);
}

BOOST_AUTO_TEST_CASE(ten_thousand_locks)
{
    live(
        [&]() -> asio::awaitable<void> {
            group_connector holder{connect(), tempo};
            group_connector other{connect(), tempo};
            std::vector<lock> held;
            held.reserve(many);
            stopwatch time;
            auto const take = [&](int i) -> asio::awaitable<void> {
                auto const name = fmt::format("l{}", i);
                auto taken = co_await holder.async_try_lock(name);
                BOOST_TEST_REQUIRE(taken.has_value());
                held.push_back(std::move(*taken));
            };
            co_await in_parallel(io, 0, many, take);
            time("10,000 locks taken, 64 at a time");
            co_await pause(2 * *tempo.ttl);
            BOOST_TEST(std::all_of(held.begin(), held.end(), [](lock const& each) { return each.state() == lock_state::held; }));
            auto const busy = co_await other.async_try_lock("l77");
            BOOST_TEST(!busy.has_value());

            stopwatch again;
            auto const release = [&](int i) -> asio::awaitable<void> { co_await held[static_cast<std::size_t>(i)].async_release(); };
            co_await in_parallel(io, 0, many, release);
            again("10,000 released");
            BOOST_TEST(redis({"HLEN", "coterie:{g}:locks"}).number == 1);  // the placeholder
            auto const free = co_await other.async_try_lock("l77");
            BOOST_TEST(free.has_value());
        },
        100s);
}

// They are all lost with their connector, in many steps on the server, and none is forgotten.
BOOST_AUTO_TEST_CASE(ten_thousand_locks_of_a_connector_that_closes)
{
    live(
        [&]() -> asio::awaitable<void> {
            group_connector holder{connect(), tempo};
            std::vector<lock> held;
            auto const take = [&](int i) -> asio::awaitable<void> {
                auto const name = fmt::format("l{}", i);
                auto taken = co_await holder.async_try_lock(name);
                held.push_back(std::move(taken.value()));
            };
            co_await in_parallel(io, 0, many, take);
            stopwatch time;
            co_await holder.async_close();
            time("closed with 10,000 locks");
            auto left = redis({"KEYS", "*"}).texts();
            std::ranges::sort(left);
            BOOST_TEST((left == strings{"coterie:{g}:epoch", "coterie:{g}:fence"}));  // the last token stays for a day
            BOOST_TEST(std::none_of(held.begin(), held.end(), [](lock const& each) { return each.state() == lock_state::held; }));
        },
        100s);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
