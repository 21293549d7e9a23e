// A program run by a test: its output as lines, signals, its exit code. It never outlives the test, not even one that crashes.
#ifndef COTERIE_TEST_SUPPORT_CHILD_PROCESS_HPP
#define COTERIE_TEST_SUPPORT_CHILD_PROCESS_HPP

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace coterie::test {

class child_process
{
public:
    using milliseconds = std::chrono::milliseconds;
    using strings = std::vector<std::string>;
    static constexpr milliseconds patience{10'000};

    // Starts the program command[0] (looked for in PATH if it has no slash), with "NAME=value" added to this process's environment.
    // Its stdin is empty. Throws std::system_error. Call it on a thread that lasts: the child dies with the thread that made it.
    explicit child_process(strings command, strings environment = {});

    // Kills it and what it started.
    ~child_process();

    child_process(child_process const&) = delete;
    child_process& operator=(child_process const&) = delete;

    pid_t pid() const { return pid_; }
    bool running();

    void signal(int number);
    void kill();       // SIGKILL, for what it started too: no chance to tidy up
    void terminate();  // SIGTERM: the orderly way
    void freeze();     // SIGSTOP, and it has stopped on return
    void thaw();       // SIGCONT

    // The next line of its stdout, without the line end. None: there are no more, or none came in time.
    std::optional<std::string> line(milliseconds limit = patience);

    // The next line that contains this text; the lines before it are skipped.
    std::optional<std::string> line_with(std::string const& text, milliseconds limit = patience);

    // All further lines, until it closes its stdout.
    strings lines(milliseconds limit = patience);

    // What it wrote to stderr until now; all of it, once wait() has returned.
    std::string const& errors();

    // Its exit code, 128 + n if signal n ended it. None: it still runs after this time.
    std::optional<int> wait(milliseconds limit = patience);

private:
    using deadline = std::chrono::steady_clock::time_point;

    void pump(deadline until, std::function<bool()> const& enough);
    void collect();

    pid_t pid_ = -1;
    int process_ = -1;  // a pidfd: readable when the process has ended
    int out_ = -1;
    int err_ = -1;
    std::string unread_;
    std::string errors_;
    std::optional<int> exit_code_;
};

}  // namespace coterie::test

#endif
