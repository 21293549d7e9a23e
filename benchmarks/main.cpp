// coterie_bench WORK SIDE [--url URL] [--seconds S] [--size N] [--round N]; coterie_bench --list
// One measurement, in lines of JSON. scripts/bench runs all of them in turn.
#include "works/works.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>

namespace {

using namespace coterie::benchmarks;

std::vector<work> all_works()
{
    return {lock_latency(),
            lock_throughput(),
            hand_off(),
            one_lock_one_process(),
            one_lock_many_processes(),
            beat_of_many_members(),
            many_sessions(),
            join_event(),
            expiry(),
            snapshot(),
            many_watchers(),
            presence_calls(),
            presence_memory(),
            memo_hit(),
            memo_herd()};
}

void list(std::vector<work> const& works)
{
    for (auto const& each : works)
    {
        fmt::print("{:<4} {}:", each.name, each.what);
        for (auto const& by : each.sides)
            fmt::print(" {}", by.name);
        fmt::print("\n");
    }
}

side const& find(std::vector<work> const& works, setting const& how)
{
    auto const which = std::ranges::find(works, how.work, &work::name);
    if (which == works.end())
        throw std::invalid_argument{"no such work: " + how.work + ", see --list"};
    auto const by = std::ranges::find(which->sides, how.side, &side::name);
    if (by == which->sides.end())
        throw std::invalid_argument{"nobody of that name does " + how.work + ": " + how.side + ", see --list"};
    return *by;
}

}  // namespace

int main(int argc, char** argv)
{
    auto const works = all_works();
    setting how;
    double seconds = std::chrono::duration<double>(how.time).count();
    bool only_list = false;
    CLI::App app{"Measures coterie, and what it is compared with"};
    app.add_flag("--list", only_list, "What can be measured, and by whom");
    app.add_option("work", how.work);
    app.add_option("side", how.side);
    app.add_option("--url", how.url)->capture_default_str();
    app.add_option("--seconds", seconds)->capture_default_str();
    app.add_option("--size", how.size, "Of what is worked on: coroutines, members");
    app.add_option("--round", how.round, "Part of the names of all that is stored");
    CLI11_PARSE(app, argc, argv);
    how.time = std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
    try
    {
        if (only_list)
            list(works);
        else
            find(works, how).run(how);
        return 0;
    }
    catch (std::exception const& failed)
    {
        fmt::print(stderr, "{}\n", failed.what());
        return 1;
    }
}
