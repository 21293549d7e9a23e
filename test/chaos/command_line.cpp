#include "command_line.hpp"

#include "words.hpp"

#include "test/support/test_store.hpp"

#include <fmt/format.h>

#include <stdlib.h>

#include <cstdio>
#include <exception>
#include <random>
#include <stdexcept>

namespace coterie::chaos {
namespace {

constexpr int skipped = 77;  // as ctest knows it

struct skip : std::runtime_error
{
    using runtime_error::runtime_error;
};

struct bad_usage : std::invalid_argument
{
    using invalid_argument::invalid_argument;
};

}  // namespace

settings read_settings(std::vector<std::string> const& given)
{
    settings result;
    result.seed = std::random_device{}();
    for (std::size_t i = 0; i < given.size(); i += 2)
    {
        if (i + 1 == given.size())
            throw bad_usage{given[i]};
        auto const& value = given[i + 1];
        if (given[i] == "--store" && (value == "redis" || value == "valkey"))
            result.store = value;
        else if (given[i] == "--workers")
            result.workers = number_in<std::size_t>(value);
        else if (given[i] == "--minutes")
            result.time = std::chrono::minutes{number_in<int>(value)};
        else if (given[i] == "--seconds")
            result.time = std::chrono::seconds{number_in<int>(value)};
        else if (given[i] == "--seed")
            result.seed = number_in<std::uint64_t>(value);
        else
            throw bad_usage{given[i]};
    }
    if (test::server_program(result.store).empty())
        throw skip{"there is no " + result.store + "-server on this machine"};
    fmt::print("{}: {} workers for {} s, seed {}\n", result.store, result.workers, result.time.count() / 1000, result.seed);
    std::fflush(stdout);
    return result;
}

std::filesystem::path make_folder()
{
    auto name = (std::filesystem::temp_directory_path() / "coterie-chaos-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error{"no folder can be made in " + std::filesystem::temp_directory_path().string()};
    return name;
}

int run_program(char const* name, std::function<int()> const& body)
try
{
    return body();
}
catch (skip const& reason)
{
    fmt::print("skipped: {}\n", reason.what());
    return skipped;
}
catch (bad_usage const& word)
{
    fmt::print(stderr, "{}?\nusage: {} [--store redis|valkey] [--workers N] [--minutes M | --seconds S] [--seed N]\n", word.what(), name);
    return 2;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return 2;
}

}  // namespace coterie::chaos
