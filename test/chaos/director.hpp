// A run: a server, a crowd of workers, and what goes wrong with both until all is repaired, comes to rest and is looked at.
#ifndef COTERIE_TEST_CHAOS_DIRECTOR_HPP
#define COTERIE_TEST_CHAOS_DIRECTOR_HPP

#include "crowd.hpp"
#include "journal.hpp"
#include "settings.hpp"

#include "test/support/server_process.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace coterie::chaos {

class director
{
public:
    director(settings const&, std::filesystem::path folder);

    // Throws a violation. Returns what all saw in the end.
    std::vector<std::string> run();

private:
    using milliseconds = std::chrono::milliseconds;
    using moment = std::chrono::steady_clock::time_point;

    void break_something();
    void break_a_worker();
    void break_a_way();
    void break_the_server();
    void later(milliseconds, std::function<void()> repair);
    void wait_until(moment);
    void server_command(std::vector<std::string>);

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
    milliseconds between(milliseconds least, milliseconds most)
    {
        return least + milliseconds{below(static_cast<std::size_t>((most - least).count()) + 1)};
    }

    settings const& plan_;
    std::mt19937_64 random_;
    journal log_;
    test::server_process server_;
    crowd crowd_;
    std::multimap<moment, std::function<void()>> repairs_;
    bool server_is_broken_ = false;
};

}  // namespace coterie::chaos

#endif
