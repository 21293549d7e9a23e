// coterie_sim [--seed N] [--seeds COUNT] [--trace]
// Runs simulated histories, one for each seed from N on, and stops at the first that breaks a promise.
#include "lock_checker.hpp"
#include "lock_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

namespace {

using namespace coterie::simulation;

int run(std::uint64_t first, std::uint64_t count, bool trace)
{
    auto const begin = std::chrono::steady_clock::now();
    std::function<void(std::string const&)> tell;
    if (trace)
        tell = [](std::string const& line) { fmt::print("{}\n", line); };
    summary all;
    for (auto seed = first; seed < first + count; ++seed)
    {
        try
        {
            auto const one = run_locks(seed, tell);
            all.asked += one.asked;
            all.granted += one.granted;
            all.lost += one.lost;
        }
        catch (std::exception const& broken)
        {
            fmt::print("seed {}: {}\n  again: coterie_sim --seed {} --trace\n", seed, broken.what(), seed);
            return 1;
        }
    }
    auto const took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    fmt::print("{} histories from seed {} in {:.1f} s: {} acquisitions asked for, {} granted, {} of these lost; no promise was broken\n",
               count, first, took, all.asked, all.granted, all.lost);
    return all.granted == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv)
{
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    bool trace = false;
    for (int i = 1; i < argc; ++i)
    {
        std::string_view const word = argv[i];
        if (word == "--trace")
            trace = true;
        else if (word == "--seed" && i + 1 < argc)
            first = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--seeds" && i + 1 < argc)
            count = std::strtoull(argv[++i], nullptr, 10);
        else
        {
            fmt::print(stderr, "usage: coterie_sim [--seed N] [--seeds COUNT] [--trace]\n");
            return 2;
        }
    }
    return run(first, count, trace);
}
