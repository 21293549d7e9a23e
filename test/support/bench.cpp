#include "bench.hpp"

#include "invariants.hpp"

#include "src/core/store_url.hpp"
#include "src/store/memory/make_store.hpp"
#include "src/store/redis/make_store.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace coterie::test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

// Started when first needed, and kept for all tests of this program.
server_process& shared_server(std::string const& kind)
{
    static std::map<std::string, std::unique_ptr<server_process>> servers;
    auto& server = servers[kind];
    if (!server || !server->running())
        server = std::make_unique<server_process>(kind);
    return *server;
}

}  // namespace

bench::bench(std::string kind) : kind_{std::move(kind)}
{
    if (in_memory())
    {
        virtual_clock_ = std::make_shared<testing::virtual_clock>();
        clock_ = virtual_clock_;
        memory_ = std::make_unique<testing::memory_server>(clock_);
        return;
    }
    clock_ = make_clock(io_.get_executor());
    redis({"FLUSHALL"});
}

bench::~bench() = default;

std::unique_ptr<store::store> bench::make_store(std::string const& url)
{
    auto const strand = store::make_executor(io_.get_executor());
    log_config const log{.level = log_level::debug, .sink = [this](log_level, std::string_view line) { log_.emplace_back(line); }};
    if (in_memory())
        return store::make_memory_store(core::parse_store_url(memory_->url()).name, {}, strand, clock_, log);
    return redis::make_redis_store(core::parse_store_url(url.empty() ? server().socket_url() : url), {}, strand, clock_, log);
}

bool bench::run_until(std::function<bool()> const& condition)
{
    if (virtual_clock_)
        return virtual_clock_->run_until(io_, condition, patience);
    auto const until = std::chrono::steady_clock::now() + patience * slowdown();
    io_.restart();
    while (!condition() && std::chrono::steady_clock::now() < until && !io_.stopped())
        io_.run_one_until(until);
    return condition();
}

void bench::let_pass(std::chrono::milliseconds duration)
{
    if (virtual_clock_)
        return virtual_clock_->run_for(io_, duration);
    auto const until = std::chrono::steady_clock::now() + duration;
    io_.restart();
    auto const work = boost::asio::make_work_guard(io_);
    io_.run_until(until);
}

core::server_time bench::now() const
{
    auto const wall = virtual_clock_ ? virtual_clock_->wall() : std::chrono::system_clock::now();
    return std::chrono::floor<std::chrono::milliseconds>(wall);
}

void bench::lose_data()
{
    if (in_memory())
        memory_->lose_data();
    else
        redis({"FLUSHALL"});
}

server_process& bench::server()
{
    return shared_server(kind_);
}

resp_client::value bench::redis(std::vector<std::string> command)
{
    if (!redis_)
        redis_ = std::make_unique<resp_client>(server().socket());
    return (*redis_)(std::move(command));
}

bool bench::logged(std::string const& text) const
{
    return std::any_of(log_.begin(), log_.end(), [&](std::string const& line) { return line.find(text) != std::string::npos; });
}

void bench::teardown()
{
    if (in_memory())
        return;
    resp_client client{server().socket()};
    for (auto const& broken : broken_invariants(client))
        BOOST_ERROR(broken);
}

}  // namespace coterie::test
