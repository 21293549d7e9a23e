// A real redis-server or valkey-server of a test's own, in a folder of its own. It ends with the test, even with one that crashes.
#ifndef COTERIE_TEST_SUPPORT_SERVER_PROCESS_HPP
#define COTERIE_TEST_SUPPORT_SERVER_PROCESS_HPP

#include "child_process.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace coterie::test {

class server_process
{
public:
    // `config`: further lines of its configuration, as "maxmemory 10mb". Throws std::runtime_error if there is no such server, or
    // it does not answer.
    explicit server_process(std::string kind, std::vector<std::string> config = {});

    // Kills it and removes its folder.
    ~server_process();

    std::string const& kind() const { return kind_; }
    std::uint16_t port() const { return port_; }
    std::string socket() const { return (folder_ / "socket").string(); }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
    std::string socket_url() const { return "unix://" + socket(); }
    pid_t pid() const { return process_->pid(); }
    bool running() const { return process_ && process_->running(); }

    void kill();    // SIGKILL: without a word to its clients
    void freeze();  // SIGSTOP: its connections stay open, and nothing answers
    void thaw();
    void start();              // after kill(): empty, on the same port and socket; returns when it answers
    void restart_empty();      // killed and started
    void restart_with_data();  // saves what it has, ends in order, starts again and has it
    std::string log() const;

private:
    std::string write_config() const;
    bool answers() const;
    bool try_start();

    std::string kind_;
    std::string program_;
    std::vector<std::string> config_;
    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    std::unique_ptr<child_process> process_;
};

}  // namespace coterie::test

#endif
