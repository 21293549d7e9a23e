// A program started by a command, and how it ends.
#ifndef COTERIE_SRC_CLI_CHILD_HPP
#define COTERIE_SRC_CLI_CHILD_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace coterie::cli {

namespace asio = boost::asio;

struct child_options
{
    std::vector<std::string> environment{};  // NAME=value, added to our own
    int output = 1;                          // the file descriptor that becomes its stdout
};

// It is asked to end (SIGTERM) when this process dies, however that happens.
class child
{
public:
    // Finds words[0] in PATH if it has no slash. Throws std::system_error if it cannot be executed.
    child(asio::any_io_executor, std::vector<std::string> const& words, child_options const& = {});

    // If it still runs: SIGKILL.
    ~child();

    child(child const&) = delete;
    child& operator=(child const&) = delete;

    // Its exit code, 128 + n if signal n ended it. Cancellation: all types.
    asio::awaitable<int> wait();

    // To all processes it started as well, unless it is a job of our terminal.
    void send(int signal) noexcept;

    // A signal that we got is its signal too.
    void forward(int signal) noexcept;

    pid_t pid() const { return pid_; }

private:
    bool ended();

    asio::signal_set changes_;  // SIGCHLD
    bool terminal_job_ = false;
    pid_t pid_ = -1;
    std::optional<int> exit_code_;
};

}  // namespace coterie::cli

#endif
