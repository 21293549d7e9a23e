// A scheduler that runs in several processes: the leader does the jobs, and another one follows when it stands still, dies or closes.
// All of them live here, in virtual time, so that each can be stopped at any moment: half a minute of theirs passes in milliseconds.
#include <coterie/coterie.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// --- the service ---------------------------------------------------------------------------------------------------------

// What the jobs write to: a database, say (fenced_writer.cpp has one). It refuses what comes from a term that is over.
struct journal
{
    std::vector<std::chrono::sys_seconds> done;
    std::set<std::uint64_t> terms;
    int refused = 0;

    bool write(std::chrono::sys_seconds tick, std::string const& name, std::uint64_t term)
    {
        bool const accepted = terms.empty() || term >= *terms.rbegin();
        fmt::print("  {:%T} {}, term {}{}\n", tick, name, term, accepted ? "" : ": refused");
        refused += accepted ? 0 : 1;
        if (accepted)
        {
            done.push_back(tick);
            terms.insert(term);
        }
        return accepted;
    }
};

struct scheduler
{
    coterie::group_connector& group;
    std::shared_ptr<coterie::clock> clock;
    journal& book;
    std::string name;

    // Leads, and stands again after a term that was lost, until the connector is closed.
    asio::awaitable<void> run()
    {
        try
        {
            co_await group.async_lead("scheduler", "host-of-" + name, [this](coterie::leadership const& leads) { return work(leads); });
        }
        catch (boost::system::system_error const& error)
        {
            fmt::print("{} has ended: {}\n", name, error.what());
        }
    }

    // A job for each second. A new leader begins where the last one stopped, so none is left out.
    asio::awaitable<void> work(coterie::leadership const& leads)
    {
        auto tick = book.done.empty() ? std::chrono::ceil<std::chrono::seconds>(clock->wall()) : book.done.back() + 1s;
        for (;; tick += 1s)
        {
            co_await coterie::testing::async_sleep(clock, tick - clock->wall());  // one that is overdue: at once
            if (!book.write(tick, name, leads.term()))
                co_return;  // somebody else leads: async_lead finds this term lost, and stands again
        }
    }
};

// Prints who leads, and notes it.
asio::awaitable<void> watch(coterie::group_connector& group, std::vector<std::string>& seen)
{
    auto leaders = co_await group.async_watch_leader("scheduler");
    while (auto const change = co_await leaders.async_next())
    {
        if (change->leader)
            fmt::print("{} leads from {}, term {}\n", change->leader->member, change->leader->value, change->leader->term);
        else
            fmt::print("no leader\n");
        seen.push_back(change->leader ? change->leader->member : "nobody");
    }
}

// --- its processes -------------------------------------------------------------------------------------------------------

struct process
{
    process(std::shared_ptr<coterie::clock> const& clock, std::string const& url, std::string const& name)
        : group{coterie::client{io.get_executor(), url, {.clock = clock}}, {.group_name = "jobs", .heartbeat = 1s, .member = name}}
    {
    }

    asio::io_context io;
    bool runs = true;  // false: it stands still, or it is dead
    coterie::group_connector group;
};

struct world
{
    world() { clock->run_for(home, 0s); }

    bool run_ready()
    {
        std::size_t count = poll(home);
        for (auto& each : processes)
            count += each.runs ? poll(each.io) : 0;
        return count != 0;
    }

    // For those that stand still, too: but they do nothing in this time.
    void let_pass(coterie::clock::duration time)
    {
        bool over = false;
        coterie::testing::async_sleep(clock, time, asio::bind_executor(home, [&](coterie::error_code) { over = true; }));
        while (!over)
            if (!run_ready())
                clock->advance_to_next();
    }

    std::shared_ptr<coterie::testing::virtual_clock> clock = std::make_shared<coterie::testing::virtual_clock>();
    coterie::testing::memory_server server{clock};
    std::list<process> processes;
    asio::io_context home;  // of the clock; goes before the processes, and drops their timers

private:
    static std::size_t poll(asio::io_context& io)
    {
        io.restart();
        return io.poll();
    }
};

int main()
{
    journal book;
    std::vector<std::string> seen;
    std::list<scheduler> schedulers;
    world all;

    int failures = 0;
    auto const expect = [&](bool met, char const* what) {
        fmt::print("{}: {}\n", met ? "ok" : "FAILED", what);
        failures += met ? 0 : 1;
    };
    auto const start = [&](char const* name) -> process& {
        auto& made = all.processes.emplace_back(all.clock, all.server.url(), name);
        schedulers.push_back({made.group, all.clock, book, name});
        asio::co_spawn(made.io, schedulers.back().run(), asio::detached);
        all.let_pass(1ms);
        return made;
    };

    auto& observer = all.processes.emplace_back(all.clock, all.server.url(), "observer");
    asio::co_spawn(observer.io, watch(observer.group, seen), asio::detached);
    all.let_pass(500ms);
    auto& one = start("one");
    auto& two = start("two");
    auto& three = start("three");
    all.let_pass(5s);

    one.runs = false;  // a suspended machine, a long page fault
    all.let_pass(6s);
    expect(seen == std::vector<std::string>{"nobody", "one", "two"} && book.refused == 0, "another one follows a leader that stands still");
    one.runs = true;
    all.let_pass(4s);
    expect(book.refused == 1, "the first one goes on where it stopped, and is refused");

    two.runs = false;  // for ever
    all.let_pass(6s);
    three.group.async_close(asio::detached);
    all.let_pass(4s);
    one.group.async_close(asio::detached);
    all.let_pass(100ms);
    observer.group.async_close(asio::detached);
    all.let_pass(100ms);
    expect(seen == std::vector<std::string>{"nobody", "one", "two", "three", "one", "nobody"}, "everybody saw who led when");
    expect(book.terms.size() == 4, "each of these terms did jobs");

    bool complete = !book.done.empty() && book.done.back() == std::chrono::floor<std::chrono::seconds>(all.clock->wall());
    for (std::size_t i = 0; i < book.done.size(); ++i)
        complete = complete && book.done[i] == book.done.front() + std::chrono::seconds{i};
    expect(complete, "each second had its job, and only once");
    return failures == 0 ? 0 : 1;
}
