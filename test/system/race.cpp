// Many want one lock at once: never two have it, and each fence is larger than all before.
#include "world.hpp"

#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace coterie::test {
namespace {

constexpr int contenders = 8;

// One thread with a client of its own, as far from the others as another process. What it does under the lock it does to keys of the
// server, by hand, in two steps that another holder would come between.
struct contender
{
    asio::io_context io{1};
    resp_client hand;
    std::uint64_t taken = 0;
    std::uint64_t overlaps = 0;
    std::string failure;

    explicit contender(std::string const& socket) : hand{socket} {}

    asio::awaitable<void> contend(std::string url, steady::time_point end)
    {
        client const mine{io.get_executor(), url};
        group_connector group{mine, {.group_name = "g", .member = "same name"}};
        while (steady::now() < end)
        {
            auto held = co_await group.async_try_lock("a");
            if (!held)
                continue;
            ++taken;
            overlaps += hand({"SET", "inside", "1", "NX"}).is_null() ? 1U : 0U;
            auto const count = std::stoull("0" + hand({"GET", "count"}).text);
            hand({"RPUSH", "fences", std::to_string(held->fence())});
            hand({"SET", "count", std::to_string(count + 1)});
            hand({"DEL", "inside"});
            co_await held->async_release();
        }
        co_await group.async_close();
    }

    void run(std::string const& url, steady::time_point end)
    {
        asio::co_spawn(io, contend(url, end), [this](std::exception_ptr error) {
            try
            {
                if (error)
                    std::rethrow_exception(error);
            }
            catch (std::exception const& e)
            {
                failure = e.what();
            }
        });
        io.run();
    }
};

bool strictly_increasing(std::vector<std::uint64_t> const& fences)
{
    return std::adjacent_find(fences.begin(), fences.end(), std::greater_equal{}) == fences.end();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(race, world)

BOOST_AUTO_TEST_CASE(eight_clients)
{
    std::vector<std::unique_ptr<contender>> all;
    for (int i = 0; i < contenders; ++i)
        all.push_back(std::make_unique<contender>(server.socket()));
    auto const end = steady::now() + 3s;
    std::vector<std::thread> threads;
    for (auto const& each : all)
        threads.emplace_back([&each, &end, url = server.url()] { each->run(url, end); });
    for (auto& each : threads)
        each.join();

    std::uint64_t taken = 0;
    for (auto const& each : all)
    {
        BOOST_TEST(each->failure == "");
        BOOST_TEST(each->overlaps == 0U);
        taken += each->taken;
    }
    BOOST_TEST_MESSAGE(fmt::format("taken {} times", taken));
    BOOST_TEST(taken > 20U);  // on a machine that is busy with other things as well
    BOOST_TEST(redis({"GET", "count"}).text == std::to_string(taken));
    std::vector<std::uint64_t> fences;
    for (auto const& each : redis({"LRANGE", "fences", "0", "-1"}).texts())
        fences.push_back(std::stoull(each));
    BOOST_TEST(fences.size() == taken);
    BOOST_TEST(strictly_increasing(fences));
    redis({"DEL", "count", "fences"});
}

// Every tenth holder is killed. A folder that can be made only once tells whether two are inside.
BOOST_AUTO_TEST_CASE(eight_processes)
{
    auto const folder = std::filesystem::path{server.socket()}.parent_path();
    auto const file = (folder / "fences").string();
    auto const inside = (folder / "inside").string();
    constexpr char const* script = R"(while :; do
        "$0" lock a --group g --heartbeat 300ms -- sh -c 'mkdir "$1" || echo overlap; echo $COTERIE_FENCE >> "$2"; rmdir "$1"
            [ $((COTERIE_FENCE % 10)) -ne 0 ] || kill -KILL $PPID' sh "$1" "$2"
        done 2>/dev/null)";

    std::vector<std::unique_ptr<child_process>> all;
    for (int i = 0; i < contenders; ++i)
        all.push_back(std::make_unique<child_process>(strings{"sh", "-c", script, COTERIE_PROGRAM, inside, file},
                                                      strings{"COTERIE_URL=" + server.url()}));
    std::this_thread::sleep_for(3s * slowdown());
    for (auto const& each : all)
    {
        each->kill();
        BOOST_TEST(!each->line_with("overlap", 0ms).has_value());
    }

    std::ifstream written{file};
    std::vector<std::uint64_t> const fences{std::istream_iterator<std::uint64_t>{written}, {}};
    BOOST_TEST_MESSAGE(fmt::format("taken {} times", fences.size()));
    BOOST_TEST(fences.size() > 10U);
    BOOST_TEST(strictly_increasing(fences));

    // Those that were cut off in the middle are ended by whoever is there.
    live([&]() -> asio::awaitable<void> {
        group_connector last{connect(), {.group_name = "g", .heartbeat = 200ms}};
        co_await last.async_join("last");
        while (deadlines("g").size() > 1)
            co_await pause(20ms);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
