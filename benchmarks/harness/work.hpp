// What is measured, and who does it: coterie, and what it is compared with.
#ifndef COTERIE_BENCHMARKS_HARNESS_WORK_HPP
#define COTERIE_BENCHMARKS_HARNESS_WORK_HPP

#include "histogram.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::benchmarks {

// What the command line says.
struct setting
{
    std::string work;
    std::string side;
    std::string url = "redis://127.0.0.1:6379";
    std::chrono::nanoseconds time{2'000'000'000};  // how long a side works, where it works for a time
    std::uint64_t size = 0;                        // of what is worked on, where several are measured: members, coroutines
    int round = 0;                                 // names of what is stored begin with it, so that no round meets what another left

    std::string name(std::string_view what) const { return fmt::format("{}-{}-{}-{}-{}", work, side, size, round, what); }

    // A line of JSON for each measured value; scripts/bench gathers them.
    void report(std::string_view metric, double value) const
    {
        fmt::print("{{\"work\":\"{}\",\"side\":\"{}\",\"size\":{},\"metric\":\"{}\",\"value\":{:.3f}}}\n", work, side, size, metric, value);
        std::fflush(stdout);
    }

    void report(histogram const& times) const
    {
        report("p50_us", times.percentile_us(0.5));
        report("p99_us", times.percentile_us(0.99));
        report("max_us", times.max_us());
    }
};

struct side
{
    std::string_view name;
    std::function<void(setting const&)> run;
};

struct work
{
    std::string_view name;
    std::string_view what;
    std::vector<side> sides;
};

inline std::chrono::nanoseconds now()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace coterie::benchmarks

#endif
