// coterie_chaos: see command_line.hpp
// Breaks a server and many processes for a while, then looks for broken promises in what they saw.
#include "command_line.hpp"
#include "director.hpp"
#include "history.hpp"
#include "review.hpp"
#include "settings.hpp"
#include "worker_process.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coterie::chaos;

worker_settings read_worker_settings(std::vector<std::string> const& words)
{
    worker_settings result;
    result.number = number_in<int>(words.at(1));
    result.slot = number_in<std::size_t>(words.at(2));
    result.slots = number_in<std::size_t>(words.at(3));
    result.url = words.at(4);
    result.seed = number_in<std::uint64_t>(words.at(5));
    result.folder = words.at(6);
    return result;
}

int direct(settings const& plan)
{
    fmt::print("{}: {} workers for {} s, seed {}\n", plan.store, plan.workers, plan.time.count() / 1000, plan.seed);
    std::fflush(stdout);
    auto const folder = make_folder();
    std::exception_ptr failed;
    std::optional<std::vector<std::string>> views;
    try
    {
        views = director{plan, folder}.run();
    }
    catch (...)
    {
        failed = std::current_exception();
    }
    history const all{folder};
    std::filesystem::remove_all(folder);
    try
    {
        // What the history shows says more than how the run ended.
        auto const counts = review(all, views);
        if (failed)
            std::rethrow_exception(failed);
        for (auto const& [kind, count] : counts)
            fmt::print("  {:>8} {}\n", count, kind);
        fmt::print("no promise was broken\n");
        return 0;
    }
    catch (std::exception const& broken)
    {
        auto const file = folder.string() + ".history";
        all.save(file);
        fmt::print("{}\nthe whole history: {}\n", broken.what(), file);
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> const words{argv + 1, argv + argc};
    return run_program("coterie_chaos", [&] {
        if (words.empty() || words.front() != "worker")
            return direct(read_settings(words));
        run_worker(read_worker_settings(words));
        return 0;
    });
}
