#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

extern char** environ;

namespace coterie::test {
namespace {

[[noreturn]] void fail(char const* what)
{
    throw std::system_error{errno, std::generic_category(), what};
}

std::array<int, 2> make_pipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("pipe2");
    return ends;
}

std::vector<char*> pointers(std::vector<std::string>& strings)
{
    std::vector<char*> result;
    for (auto& text : strings)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> merged(std::vector<std::string> additions)
{
    for (char** entry = environ; *entry != nullptr; ++entry)
    {
        std::string text{*entry};
        auto const name = text.substr(0, text.find('=') + 1);
        bool replaced = false;
        for (auto const& addition : additions)
            replaced = replaced || addition.starts_with(name);
        if (!replaced)
            additions.push_back(std::move(text));
    }
    return additions;
}

// In the child: only calls that are safe after fork() in a process with threads.
[[noreturn]] void become(char** arguments, char** environment, int out, int err, pid_t parent)
{
    ::setpgid(0, 0);  // a group of its own, so that kill() ends whatever it starts
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(127);
    int const nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execvpe(arguments[0], arguments, environment);
    constexpr char words[] = "this program could not be started\n";
    [[maybe_unused]] auto const written = ::write(STDERR_FILENO, words, sizeof words - 1);
    ::_exit(127);
}

// False: nothing more will come.
bool read_some(int from, std::string& to)
{
    std::array<char, 16384> buffer;
    auto const count = ::read(from, buffer.data(), buffer.size());
    if (count > 0)
        to.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
}

void close_end(int& end)
{
    if (end >= 0)
        ::close(end);
    end = -1;
}

}  // namespace

child_process::child_process(strings command, strings environment)
{
    environment = merged(std::move(environment));
    auto const arguments = pointers(command);
    auto const variables = pointers(environment);
    auto out = make_pipe();
    auto err = make_pipe();
    auto const parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0)
        become(const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()), out[1], err[1], parent);
    ::setpgid(pid_, pid_);  // as the child does: whoever comes first, it is done before anyone can call kill()
    close_end(out[1]);
    close_end(err[1]);
    out_ = out[0];
    err_ = err[0];
    process_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (process_ < 0)
        fail("pidfd_open");
}

child_process::~child_process()
{
    if (!exit_code_)
    {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    close_end(process_);
    close_end(out_);
    close_end(err_);
}

bool child_process::running()
{
    collect();
    return !exit_code_;
}

void child_process::signal(int number)
{
    if (running())
        ::kill(pid_, number);
}

void child_process::kill()
{
    if (running())
        ::kill(-pid_, SIGKILL);
}

void child_process::terminate()
{
    signal(SIGTERM);
}

void child_process::freeze()
{
    signal(SIGSTOP);
    siginfo_t stopped{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

void child_process::thaw()
{
    signal(SIGCONT);
}

std::optional<std::string> child_process::line(milliseconds limit)
{
    pump(std::chrono::steady_clock::now() + limit, [this] { return out_ < 0 || unread_.find('\n') != std::string::npos; });
    auto const end = unread_.find('\n');
    if (end == std::string::npos && (out_ >= 0 || unread_.empty()))
        return std::nullopt;
    auto result = unread_.substr(0, end);
    unread_.erase(0, end == std::string::npos ? end : end + 1);
    return result;
}

std::optional<std::string> child_process::line_with(std::string const& text, milliseconds limit)
{
    auto const until = std::chrono::steady_clock::now() + limit;
    for (;;)
    {
        auto const left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
        auto next = line(std::max(left, milliseconds{0}));
        if (!next || next->find(text) != std::string::npos)
            return next;
    }
}

child_process::strings child_process::lines(milliseconds limit)
{
    pump(std::chrono::steady_clock::now() + limit, [this] { return out_ < 0; });
    strings result;
    while (auto next = line(milliseconds{0}))
        result.push_back(std::move(*next));
    return result;
}

std::string const& child_process::errors()
{
    pump(std::chrono::steady_clock::now(), [this] { return err_ < 0; });
    return errors_;
}

std::optional<int> child_process::wait(milliseconds limit)
{
    pump(std::chrono::steady_clock::now() + limit, [this] { return !running(); });
    errors();
    return exit_code_;
}

// Reads what comes, so that the child never stands before a full pipe, until it is enough or time is over.
void child_process::pump(deadline until, std::function<bool()> const& enough)
{
    while (!enough())
    {
        std::array<pollfd, 3> watched{{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {exit_code_ ? -1 : process_, POLLIN, 0}}};
        auto const left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now()).count();
        auto const ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::max<milliseconds::rep>(left, 0)));
        if (ready < 0 && errno != EINTR)
            fail("poll");
        if (ready == 0)
            return;
        if (ready > 0 && watched[0].revents != 0 && !read_some(out_, unread_))
            close_end(out_);
        if (ready > 0 && watched[1].revents != 0 && !read_some(err_, errors_))
            close_end(err_);
        collect();
    }
}

void child_process::collect()
{
    int status = 0;
    if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace coterie::test
