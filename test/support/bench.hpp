// What a test of a store stands on: a server of the kind this run is for, empty at the start, and the time that both live in.
//
// On memory the time is virtual: it stands still but for let_pass(). On a real server it is real; the server is shared by the tests.
#ifndef COTERIE_TEST_SUPPORT_BENCH_HPP
#define COTERIE_TEST_SUPPORT_BENCH_HPP

#include "resp_client.hpp"
#include "server_process.hpp"
#include "test_store.hpp"

#include "src/store/store.hpp"

#include <coterie/log.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coterie::test {

class bench
{
public:
    explicit bench(std::string kind = store_kind());
    ~bench();

    bench(bench const&) = delete;
    bench& operator=(bench const&) = delete;

    std::string const& kind() const { return kind_; }
    bool in_memory() const { return kind_ == "memory"; }

    // A new connection to the server; `url` in the place of the server's own, to name a user, say.
    std::unique_ptr<store::store> make_store(std::string const& url = {});

    // Runs what is under way until the condition is true. False: it did not become true within 10 s, or there is nothing left to run.
    bool run_until(std::function<bool()> const& condition);

    void let_pass(std::chrono::milliseconds);
    core::server_time now() const;  // the server's clock

    // All data is gone, the server stays, as after FLUSHALL.
    void lose_data();

    // For the parts that only a real server has.
    server_process& server();
    resp_client::value redis(std::vector<std::string> command);

    // For the parts that only memory has.
    testing::memory_server& memory() { return *memory_; }

    // What the stores logged.
    std::vector<std::string> const& log() const { return log_; }
    bool logged(std::string const& text) const;

    // Called by Boost.Test at the end of each test: what is left in the server must be as the protocol says.
    void teardown();

private:
    std::string kind_;
    std::vector<std::string> log_;
    boost::asio::io_context io_;
    std::shared_ptr<testing::virtual_clock> virtual_clock_;
    std::shared_ptr<clock> clock_;
    std::unique_ptr<testing::memory_server> memory_;
    std::unique_ptr<resp_client> redis_;
};

}  // namespace coterie::test

#endif
