// The program coterie, run by a test on a server of its own.
#ifndef COTERIE_TEST_SUPPORT_PROGRAM_HPP
#define COTERIE_TEST_SUPPORT_PROGRAM_HPP

#include "child_process.hpp"
#include "server_process.hpp"
#include "test_store.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coterie::test {

struct outcome
{
    int code = -1;  // -1: it did not end
    std::vector<std::string> lines;
    std::string errors;
};

class program
{
public:
    using strings = std::vector<std::string>;

    // Starts `coterie WORDS...`, with the server in COTERIE_URL.
    std::unique_ptr<child_process> start(strings words) const { return start_at(server.url(), std::move(words)); }

    std::unique_ptr<child_process> start_at(std::string const& url, strings words) const
    {
        words.insert(words.begin(), COTERIE_PROGRAM);
        return std::make_unique<child_process>(std::move(words), strings{"COTERIE_URL=" + url});
    }

    outcome run(strings words) const { return end_of(*start(std::move(words))); }

    outcome run_at(std::string const& url, strings words) const { return end_of(*start_at(url, std::move(words))); }

    static outcome end_of(child_process& process)
    {
        outcome result;
        result.lines = process.lines(std::chrono::seconds{30});
        result.code = process.wait().value_or(-1);
        result.errors = process.errors();
        return result;
    }

    server_process server{store_kind()};
};

}  // namespace coterie::test

#endif
