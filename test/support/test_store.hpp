// Which store a test runs on, and what it may take from this machine. The environment tells: ctest sets it.
#ifndef COTERIE_TEST_SUPPORT_TEST_STORE_HPP
#define COTERIE_TEST_SUPPORT_TEST_STORE_HPP

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

namespace coterie::test {

inline std::string environment(char const* name, char const* otherwise = "")
{
    auto const* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

// "memory", "redis" or "valkey".
inline std::string store_kind()
{
    return environment("COTERIE_TEST_STORE", "memory");
}

// The path of redis-server or valkey-server; empty: there is none.
inline std::string server_program(std::string const& kind)
{
    auto const given = environment(kind == "redis" ? "COTERIE_REDIS_SERVER" : "COTERIE_VALKEY_SERVER");
    if (!given.empty())
        return std::filesystem::exists(given) ? given : std::string{};
    std::istringstream folders{environment("PATH")};
    for (std::string folder; std::getline(folders, folder, ':');)
        if (auto const program = std::filesystem::path{folder} / (kind + "-server"); std::filesystem::exists(program))
            return program.string();
    return {};
}

// Limits of real time are multiplied with this: 1, more under a sanitizer.
inline int slowdown()
{
    return std::atoi(environment("COTERIE_TEST_SLOWDOWN", "1").c_str());
}

}  // namespace coterie::test

#endif
