#include "child.hpp"

#include "exit_code.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <system_error>
#include <utility>

extern char** environ;

namespace coterie::cli {
namespace {

[[noreturn]] void fail(char const* what)
{
    throw std::system_error{errno, std::generic_category(), what};
}

std::vector<char*> pointers(std::vector<std::string> const& texts)
{
    std::vector<char*> result;
    for (auto const& text : texts)
        result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

std::vector<char*> environment_with(std::vector<std::string> const& added)
{
    auto result = pointers(added);
    result.pop_back();  // of one name that comes twice, the first counts
    for (char** variable = environ; *variable != nullptr; ++variable)
        result.push_back(*variable);
    result.push_back(nullptr);
    return result;
}

// A pipe that closes by itself when a program is executed: it tells whether that came to pass.
struct report_pipe
{
    report_pipe()
    {
        if (::pipe(ends.data()) != 0)
            fail("pipe");
        for (int const end : ends)
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    ~report_pipe()
    {
        close(0);
        close(1);
    }
    void close(std::size_t which)
    {
        if (ends[which] >= 0)
            ::close(ends[which]);
        ends[which] = -1;
    }

    std::array<int, 2> ends{-1, -1};
};

struct launch
{
    char* const* words;
    char** environment;
    int output;
    bool own_group;
    pid_t parent;
    sigset_t signals;
};

// Between fork and exec: nothing here may allocate or lock. Returns if it failed, with errno.
void become(launch const& what)
{
    // Our handlers would report the child's signals to us, through a pipe that it shares.
    for (int const signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE})
    {
        struct sigaction action
        {
        };
        if (::sigaction(signal, nullptr, &action) == 0 && (action.sa_handler != SIG_IGN || signal == SIGPIPE))
            ::signal(signal, SIG_DFL);
    }
    if (what.own_group)
        ::setpgid(0, 0);
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != what.parent)
        ::raise(SIGTERM);  // it died before we asked to be told
#endif
    ::sigprocmask(SIG_SETMASK, &what.signals, nullptr);
    if (what.output != STDOUT_FILENO && ::dup2(what.output, STDOUT_FILENO) < 0)
        return;
    environ = what.environment;
    ::execvp(what.words[0], what.words);
}

}  // namespace

child::child(asio::any_io_executor executor, std::vector<std::string> const& words, child_options const& how)
    : changes_{std::move(executor), SIGCHLD}
    , terminal_job_{::tcgetpgrp(STDIN_FILENO) == ::getpgrp()}
{
    auto const arguments = pointers(words);
    auto environment = environment_with(how.environment);
    report_pipe report;
    launch what{arguments.data(), environment.data(), how.output, !terminal_job_, ::getpid(), {}};

    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &what.signals);
    pid_ = ::fork();
    if (pid_ == 0)
    {
        become(what);
        int const reason = errno;
        (void)!::write(report.ends[1], &reason, sizeof reason);
        ::_exit(exit_code::cannot_execute);
    }
    int const fork_error = errno;
    ::sigprocmask(SIG_SETMASK, &what.signals, nullptr);
    errno = fork_error;
    if (pid_ < 0)
        fail("fork");

    report.close(1);
    int reason = 0;
    ssize_t size = 0;
    while ((size = ::read(report.ends[0], &reason, sizeof reason)) < 0 && errno == EINTR)
    {
    }
    if (size != sizeof reason)
        return;
    ::waitpid(pid_, nullptr, 0);
    throw std::system_error{reason, std::generic_category(), words[0]};
}

child::~child()
{
    if (ended())
        return;
    send(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

bool child::ended()
{
    int status = 0;
    if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        exit_code_ = WIFSIGNALED(status) ? exit_code::signalled + WTERMSIG(status) : WEXITSTATUS(status);
    return exit_code_.has_value();
}

asio::awaitable<int> child::wait()
{
    while (!ended())
        co_await changes_.async_wait(asio::use_awaitable);
    co_return *exit_code_;
}

void child::send(int signal) noexcept
{
    if (!exit_code_)
        ::kill(terminal_job_ ? pid_ : -pid_, signal);
}

void child::forward(int signal) noexcept
{
    // The terminal sends its Ctrl-C to all of a job: once more would make two of it.
    if (!terminal_job_ || signal != SIGINT)
        send(signal);
}

}  // namespace coterie::cli
