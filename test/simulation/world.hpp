// Several processes in this one, on a stage, stepped in an order that a seed decides.
#ifndef COTERIE_TEST_SIMULATION_WORLD_HPP
#define COTERIE_TEST_SIMULATION_WORLD_HPP

#include "stage.hpp"

#include <coterie/coterie.hpp>

#include <boost/asio/bind_executor.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace coterie::simulation {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Its client, and one connector. A program that needs more keeps it by the number.
struct process
{
    process(int which, std::string const& url, client_config how, group_config config) : number{which}
    {
        client.emplace(io.get_executor(), url, std::move(how));
        group.emplace(*client, std::move(config));
    }

    int number;
    bool runs = true;
    bool cut_off = false;
    asio::io_context io;
    std::optional<coterie::client> client;
    std::optional<group_connector> group;
};

class world
{
public:
    world(std::uint64_t seed, stage& on) : server{on}, clock{on.clock()}, random_{seed} { on.enter(home_); }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    milliseconds up_to(milliseconds most) { return milliseconds{below(static_cast<std::size_t>(most.count()) + 1)}; }

    // A duration as the history has it: all that programs say is scaled by this.
    milliseconds paced(milliseconds time) const
    {
        return std::max(milliseconds{time.count() > 0 ? 1 : 0}, std::chrono::round<milliseconds>(time * server.pace()));
    }
    moment now() const { return std::chrono::floor<moment>(clock->now().time_since_epoch()); }

    process& make(int number, group_config config)
    {
        client_config how;
        if (server.exact())
            how.clock = clock;  // else each has one of its own, of the same time
        how.seed = random_();
        how.timeout = paced(4s);
        how.response_timeout = paced(1500ms);
        config.heartbeat = paced(5s);
        config.member = "p" + std::to_string(number);
        processes.push_back(std::make_unique<process>(number, server.url(number), std::move(how), std::move(config)));
        return *processes.back();
    }

    // One handler of a process that runs, any. False: none is ready.
    bool step()
    {
        auto const first = processes.empty() ? 0 : below(processes.size());
        for (std::size_t i = 0; i < processes.size(); ++i)
        {
            auto& each = *processes[(first + i) % processes.size()];
            if (!each.runs)
                continue;
            server.acting(each.number);
            if (poll_one(each.io))
                return true;
        }
        server.acting(0);
        return poll_one(home_);
    }

    // Goes on for so long, or until the condition is true.
    bool run_for(
        milliseconds time, std::function<bool()> const& condition = [] { return false; })
    {
        auto const end = clock->now() + paced(time);
        coterie::clock::timer_id timer{};
        if (server.exact())  // it goes from one timer to the next
            timer = clock->schedule(end, asio::bind_executor(home_, [] {}));
        bool met = false;
        while (!(met = condition()) && (step() || (clock->now() < end && server.pass_time())))
            continue;
        if (server.exact())
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

    stage& server;
    std::shared_ptr<coterie::clock> const clock;
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
