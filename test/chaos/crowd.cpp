#include "crowd.hpp"

#include "test/checkers/violation.hpp"
#include "test/support/test_store.hpp"

#include <csignal>
#include <utility>

namespace coterie::chaos {

using checkers::violation;
using test::child_process;

crowd::crowd(settings const& plan, std::uint16_t server_port, std::filesystem::path folder, journal& log)
    : plan_{plan}
    , folder_{std::move(folder)}
    , log_{log}
    , slots_(plan.workers)
{
    for (std::size_t i = 0; i < slots_.size(); ++i)
    {
        slots_[i].way = std::make_unique<test::proxy>(server_port);
        start(i);
    }
}

void crowd::start(std::size_t which)
{
    auto& one = slots_[which];
    one.number = ++started_;
    one.frozen = one.listens = false;
    child_process::strings const line{"/proc/self/exe",
                                      "worker",
                                      std::to_string(one.number),
                                      std::to_string(which),
                                      std::to_string(slots_.size()),
                                      one.way->url(),
                                      std::to_string(plan_.seed * 10'000 + static_cast<std::uint64_t>(one.number)),
                                      folder_.string()};
    one.process = std::make_unique<child_process>(line);
}

void crowd::kill(std::size_t which)
{
    log_.tell("kills {}", slots_[which].number);
    slots_[which].process.reset();
    start(which);
}

void crowd::close(std::size_t which)
{
    auto& one = slots_[which];
    if (one.frozen)
        return;
    log_.tell("closes {}", one.number);
    signal(one, SIGTERM);
    leaving_.push_back({one.number, nullptr, std::move(one.process)});
    start(which);
}

void crowd::freeze(std::size_t which)
{
    auto& one = slots_[which];
    if (one.frozen)
        return;
    log_.tell("freezes {}", one.number);
    one.process->freeze();
    one.frozen = true;
}

void crowd::thaw(std::size_t which)
{
    auto& one = slots_[which];
    if (!one.frozen)
        return;
    log_.tell("thaws {}", one.number);
    one.process->thaw();
    one.frozen = false;
}

void crowd::look_after()
{
    for (auto& one : slots_)
        if (!one.process->running())
            throw violation{fmt::format("worker {} has ended with {}: {}", one.number, *one.process->wait(), one.process->errors())};
    for (auto one = leaving_.begin(); one != leaving_.end();)
        if (one->process->running())
            ++one;
        else
        {
            await_end(*one->process, one->number);
            one = leaving_.erase(one);
        }
}

void crowd::await_end(child_process& process, int number)
{
    auto const code = process.wait(30s * test::slowdown());
    if (!code)
        throw violation{fmt::format("worker {} was told to close, and does not end", number)};
    if (*code != 0)
        throw violation{fmt::format("worker {} was told to close, and has ended with {}: {}", number, *code, process.errors())};
}

// A signal that comes before it listens would end it.
void crowd::signal(place& one, int number)
{
    if (!std::exchange(one.listens, true))
        next_line(one, "listens");
    one.process->signal(number);
}

std::string crowd::next_line(place& one, std::string const& awaited)
{
    auto line = one.process->line(60s * test::slowdown());
    if (!line)
        throw violation{fmt::format("worker {} {}, and has not said \"{}\": {}", one.number,
                                    one.process->running() ? "had a minute" : "has ended", awaited, one.process->errors())};
    return *line;
}

std::vector<std::string> crowd::come_to_rest()
{
    for (auto& one : leaving_)
        await_end(*one.process, one.number);
    leaving_.clear();
    for (auto& one : slots_)
        signal(one, SIGUSR1);
    for (auto& one : slots_)
        while (next_line(one, "rests") != "rests")
            continue;
    log_.tell("all rest");
    for (int tries = 3;; --tries)
        if (auto views = look(tries == 1); !views.empty())
            return views;
}

// Nothing if they do not see the same: a machine that is too busy may let somebody's presence lapse in between.
std::vector<std::string> crowd::look(bool must_agree)
{
    for (auto& one : slots_)
        signal(one, SIGUSR2);
    std::vector<std::string> result;
    std::string broken;
    for (auto& one : slots_)
    {
        std::vector<std::string> views;
        for (auto line = next_line(one, "viewed"); line != "viewed"; line = next_line(one, "viewed"))
            if (line.starts_with("view "))
                views.push_back(line.substr(5));
            else
                broken += fmt::format("\n  worker {}: {}", one.number, line);
        if (&one == &slots_.front())
            result = views;
        if (views != result || views.empty())
            broken += fmt::format("\n  workers {} and {} do not read the same", slots_.front().number, one.number);
    }
    if (!broken.empty() && must_agree)
        throw violation{"when all rest, not all see what is:" + broken};
    if (!broken.empty())
        result.clear();
    return result;
}

void crowd::close_all()
{
    for (auto& one : slots_)
    {
        log_.tell("closes {}", one.number);
        signal(one, SIGTERM);
    }
    for (auto& one : slots_)
        await_end(*one.process, one.number);
}

}  // namespace coterie::chaos
