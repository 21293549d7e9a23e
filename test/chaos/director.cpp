#include "director.hpp"

#include "leftovers.hpp"

#include "test/checkers/violation.hpp"
#include "test/support/resp_client.hpp"

#include <thread>
#include <utility>

namespace coterie::chaos {

using steady = std::chrono::steady_clock;

// What the server has confirmed it has on its disk: so whatever happens to it, it comes back with all of it, and all promises hold. (With
// `everysec` it may have forgotten the last second, and grant a lock again: docs/guide.md, "When the store fails".)
static std::vector<std::string> const server_config{"appendonly yes", "appendfsync always", "no-appendfsync-on-rewrite no"};

director::director(settings const& plan, std::filesystem::path folder)
    : plan_{plan}
    , random_{plan.seed}
    , log_{folder, 0}
    , server_{plan.store, server_config}
    , crowd_{plan, server_.port(), folder, log_}
{
}

std::vector<std::string> director::run()
{
    auto const end = steady::now() + plan_.time;
    while (steady::now() < end)
    {
        wait_until(std::min(end, steady::now() + between(50ms, 500ms)));
        crowd_.look_after();
        break_something();
    }
    log_.tell("repairs everything");
    for (auto const& [when, repair] : std::exchange(repairs_, {}))
        repair();
    auto result = crowd_.come_to_rest();
    crowd_.close_all();
    require_nothing_is_left(server_.socket());
    return result;
}

void director::wait_until(moment when)
{
    while (!repairs_.empty() && repairs_.begin()->first <= when)
    {
        auto const next = repairs_.extract(repairs_.begin());
        std::this_thread::sleep_until(next.key());
        next.mapped()();
    }
    std::this_thread::sleep_until(when);
}

void director::later(milliseconds time, std::function<void()> repair)
{
    repairs_.emplace(steady::now() + time, std::move(repair));
}

void director::break_something()
{
    auto const die = below(20);
    if (die < 10)
        break_a_worker();
    else if (die < 18)
        break_a_way();
    else
        break_the_server();
}

void director::break_a_worker()
{
    auto const slot = below(crowd_.size());
    switch (below(4))
    {
    case 0: return crowd_.kill(slot);
    case 1: return crowd_.close(slot);
    default:
        // Longer than the lease, or not.
        crowd_.freeze(slot);
        return later(between(10ms, 2 * ttl), [this, slot] { crowd_.thaw(slot); });
    }
}

void director::break_a_way()
{
    auto const slot = below(crowd_.size());
    auto& way = crowd_.way(slot);
    switch (below(5))
    {
    case 0: log_.tell("cuts slot {}", slot); return way.cut();
    case 1:
        log_.tell("holds slot {}", slot);
        below(2) == 0 ? way.hold() : way.hold_on_the_way();
        break;
    case 2:
        log_.tell("holds replies to slot {}", slot);
        way.hold_replies();
        break;
    case 3:
        log_.tell("refuses slot {}", slot);
        way.refuse();
        break;
    default:
        log_.tell("delays slot {}", slot);
        way.delay(between(1ms, 100ms));
        break;
    }
    later(between(10ms, 2 * ttl), [this, slot, &way] {
        log_.tell("passes slot {}", slot);
        way.delay(0ms);
        way.pass();
    });
}

void director::break_the_server()
{
    if (std::exchange(server_is_broken_, true))
        return;
    bool const for_long = below(4) == 0;  // then all leases end
    auto const time = for_long ? between(ttl, 2 * ttl) : between(10ms, ttl / 2);
    std::function<void()> undo = [] {};
    switch (below(6))
    {
    case 0:
        log_.tell("kills the server");
        server_.kill();
        undo = [this] { server_.start(); };
        break;
    case 1:
        log_.tell("restarts the server in order");
        server_.restart_with_data();
        break;
    case 2:
        log_.tell("freezes the server");
        server_.freeze();
        undo = [this] { server_.thaw(); };
        break;
    case 3:
        log_.tell("pauses all the server's clients");
        server_command({"CLIENT", "PAUSE", std::to_string(time.count()), "ALL"});
        break;
    case 4:
        log_.tell("pauses the server's writes");
        server_command({"CLIENT", "PAUSE", std::to_string(time.count()), "WRITE"});
        break;
    default:
        log_.tell("kills the server's clients");
        server_command({"CLIENT", "KILL", "TYPE", below(2) == 0 ? "normal" : "pubsub", "SKIPME", "yes"});
        break;
    }
    later(time, [this, undo] {
        undo();
        log_.tell("the server is well");
        server_is_broken_ = false;
    });
}

void director::server_command(std::vector<std::string> command)
{
    auto const answer = test::resp_client{server_.socket()}(std::move(command));
    if (answer.is_error())
        throw std::runtime_error{"the server does not do it: " + answer.text};
}

}  // namespace coterie::chaos
