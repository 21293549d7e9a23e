#include "processes.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

namespace coterie::benchmarks {

child::child(std::function<void()> const& what) : pid_{fork()}
{
    if (pid_ < 0)
        throw std::runtime_error{"cannot make a process"};
    if (pid_ > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int code = 0;
    try
    {
        what();
    }
    catch (std::exception const& failed)
    {
        fmt::print(stderr, "{}\n", failed.what());
        code = 1;
    }
    std::fflush(nullptr);
    _exit(code);
}

child::~child()
{
    kill();
}

child::child(child&& other) noexcept : pid_{std::exchange(other.pid_, 0)} {}

void child::join()
{
    int status = 0;
    waitpid(std::exchange(pid_, 0), &status, 0);
    if (status != 0)
        throw std::runtime_error{"a process of the benchmark failed"};
}

void child::kill()
{
    if (pid_ == 0)
        return;
    ::kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, 0), nullptr, 0);
}

void run_processes(int count, std::function<void(int)> const& what)
{
    std::vector<child> all;
    for (int i = 0; i < count; ++i)
        all.emplace_back([&] { what(i); });
    for (auto& each : all)
        each.join();
}

}  // namespace coterie::benchmarks
