// coterie_sim [--program NAME|all] [--store memory|redis|valkey] [--seed N] [--seeds COUNT] [--jobs J] [--acts N] [--trace] [--twice]
// Runs simulated histories, one for each seed from N on, and names those that break a promise. In memory the same seed is the same history.
#include "jobs.hpp"

#include <chrono>
#include <cstdlib>
#include <exception>

namespace {

using namespace coterie::simulation;

struct arguments
{
    std::string_view program = "locks";
    std::string_view store = "memory";
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    unsigned jobs = 1;
    int acts = 120;
    bool trace = false;
    bool twice = false;  // each history again, to see that it is the same
};

counts run_once(program const& which, std::uint64_t seed, arguments const& how, tracer const& trace)
{
    auto const where = how.store == "memory" ? make_memory_stage(seed) : make_server_stage(std::string{how.store}, seed);
    return which.run({seed, *where, trace, how.acts});
}

void require_same(program const& which, std::uint64_t seed, arguments const& how)
{
    std::string told[2];
    for (auto& each : told)
        run_once(which, seed, how, [&](std::string const& line) { each += line + "\n"; });
    if (told[0] != told[1])
        throw violation{"it is another history the second time"};
}

bool run(program const& which, arguments const& how)
{
    auto const begin = std::chrono::steady_clock::now();
    tracer tell;
    if (how.trace)
        tell = [](std::string const& line) { fmt::print("{}\n", line); };
    auto const result = run_seeds(how.first, how.count, how.jobs, [&](std::uint64_t seed) {
        if (how.twice)
            require_same(which, seed, how);
        return run_once(which, seed, how, tell);
    });
    auto const took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    fmt::print("{}: {} seeds from {} in {:.1f} s:", which.name, how.count, how.first, took);
    for (auto const& [name, number] : result.all)
        fmt::print(" {} {},", number, name);
    fmt::print(" {}\n{}", result.broken.empty() ? "no promise was broken" : "BROKEN:", result.broken);
    if (!result.broken.empty())
        fmt::print("again: coterie_sim --program {} --store {} --trace --seed N\n", which.name, how.store);
    return result.broken.empty();
}

bool read(arguments& into, int argc, char** argv)
{
    for (int i = 1; i < argc; ++i)
    {
        std::string_view const word = argv[i];
        auto const number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
        if (word == "--trace")
            into.trace = true;
        else if (word == "--twice")
            into.twice = true;
        else if (word == "--program" && i + 1 < argc)
            into.program = argv[++i];
        else if (word == "--store" && i + 1 < argc)
            into.store = argv[++i];
        else if (word == "--seed")
            into.first = number();
        else if (word == "--seeds")
            into.count = number();
        else if (word == "--jobs")
            into.jobs = static_cast<unsigned>(number());
        else if (word == "--acts")
            into.acts = static_cast<int>(number());
        else
            return false;
    }
    return into.store == "memory" || into.store == "redis" || into.store == "valkey";
}

}  // namespace

int main(int argc, char** argv)
{
    arguments how;
    bool good = read(how, argc, argv);
    bool found = false;
    bool kept = true;
    for (auto const& each : programs())
        if (good && (how.program == "all" || how.program == each.name))
        {
            found = true;
            kept = run(each, how) && kept;
        }
    if (!good || !found)
    {
        fmt::print(stderr,
                   "usage: coterie_sim [--program NAME|all] [--store memory|redis|valkey] [--seed N] [--seeds COUNT] [--jobs J] [--acts N] "
                   "[--trace] [--twice]\n");
        return 2;
    }
    return kept ? 0 : 1;
}
