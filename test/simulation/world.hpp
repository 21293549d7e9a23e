// Several processes, a server and a clock in this one, stepped in an order that a seed decides.
#ifndef COTERIE_TEST_SIMULATION_WORLD_HPP
#define COTERIE_TEST_SIMULATION_WORLD_HPP

#include <coterie/coterie.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace coterie::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct process
{
    process(int which, std::shared_ptr<coterie::clock> const& clock, std::string const& url, group_config config, std::uint64_t seed)
        : number{which}
    {
        client_config how;
        how.clock = clock;
        how.seed = seed;
        client.emplace(io.get_executor(), url, how);
        group.emplace(*client, std::move(config));
    }

    int number;
    bool runs = true;
    asio::io_context io;
    std::optional<coterie::client> client;
    std::optional<group_connector> group;
};

class world
{
public:
    explicit world(std::uint64_t seed) : random_{seed} { clock->run_for(home_, 0s); }
    ~world()
    {
        server.on_request({});
        server.on_push({});
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    std::chrono::milliseconds up_to(std::chrono::milliseconds most)
    {
        return std::chrono::milliseconds{below(static_cast<std::size_t>(most.count()) + 1)};
    }

    process& make(int number)
    {
        group_config config;
        config.member = "p" + std::to_string(number);
        processes.push_back(std::make_unique<process>(number, clock, server.url(), std::move(config), random_()));
        return *processes.back();
    }

    // One handler of a process that runs, any. False: none is ready.
    bool step()
    {
        auto const first = processes.empty() ? 0 : below(processes.size());
        for (std::size_t i = 0; i < processes.size(); ++i)
        {
            auto& each = *processes[(first + i) % processes.size()];
            if (each.runs && poll_one(each.io))
                return true;
        }
        return poll_one(home_);
    }

    // Goes on until then, or until the condition is true.
    bool run_for(
        clock::duration time, std::function<bool()> const& condition = [] { return false; })
    {
        auto const over = std::make_shared<bool>(false);
        auto const timer = clock->schedule(clock->now() + time, asio::bind_executor(home_, [over] { *over = true; }));
        bool met = false;
        while (!(met = condition()) && (step() || (!*over && clock->advance_to_next())))
            continue;
        clock->cancel(timer);
        return met;
    }

    // Ends at once: nothing of it runs any more. (Its context is kept for as long as the clock has timers of it.)
    void kill(process& which)
    {
        auto const found = std::ranges::find(processes, &which, [](auto const& each) { return each.get(); });
        graveyard_.push_back(std::move(*found));
        processes.erase(found);
    }

    std::shared_ptr<testing::virtual_clock> clock = std::make_shared<testing::virtual_clock>();
    testing::memory_server server{clock};
    std::vector<std::unique_ptr<process>> processes;

private:
    static bool poll_one(asio::io_context& io)
    {
        io.restart();
        return io.poll_one() != 0;
    }

    std::mt19937_64 random_;
    std::vector<std::unique_ptr<process>> graveyard_;
    asio::io_context home_;  // of the clock; goes first, and drops the timers of all
};

}  // namespace coterie::simulation

#endif
