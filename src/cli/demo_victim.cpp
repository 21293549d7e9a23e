// Carol at home in a thread or a process.
#include "child.hpp"
#include "context.hpp"
#include "demo_cast.hpp"
#include "exit_code.hpp"

#include "commands.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <fmt/format.h>

#include <fcntl.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace coterie::cli {
namespace {

class in_thread final : public victim
{
public:
    explicit in_thread(settings const& s) : self_{io_.get_executor(), name, s} {}
    ~in_thread() override { stop(); }

    std::string home() const override { return "a thread of her own"; }
    std::string death() const override { return "her thread stops dead"; }

    asio::awaitable<std::uint64_t> start() override
    {
        thread_ = std::thread{[this] { io_.run(); }};
        held_ = co_await asio::co_spawn(io_, live_as_victim(self_.group), asio::use_awaitable);
        co_return held_.fence();
    }

    asio::awaitable<void> crash() override
    {
        stop();
        co_return;
    }

private:
    // What waits in the context is never run: neither a beat nor a good-bye.
    void stop()
    {
        io_.stop();
        if (thread_.joinable())
            thread_.join();
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    player self_;
    lock held_;
    std::thread thread_;
};

class in_process final : public victim
{
public:
    in_process(asio::any_io_executor executor, settings const& s) : lines_{executor}
    {
        asio::writable_pipe output{executor};
        asio::connect_pipe(lines_, output);
        ::fcntl(lines_.native_handle(), F_SETFD, FD_CLOEXEC);
        ::fcntl(output.native_handle(), F_SETFD, FD_CLOEXEC);

        auto const config = s.group_settings();
        std::vector<std::string> words{this_program(), "--group", config.group_name, "--heartbeat",
                                       fmt::format("{}ms", config.heartbeat.count())};
        if (config.ttl)
            words.insert(words.end(), {"--ttl", fmt::format("{}ms", config.ttl->count())});
        words.emplace_back("demo-victim");

        child_options options;
        options.environment = {"COTERIE_URL=" + s.url};  // not on the command line: it may hold a password
        options.output = output.native_handle();
        process_ = std::make_unique<child>(executor, words, options);
    }

    std::string home() const override { return fmt::format("process {}", process_->pid()); }
    std::string death() const override { return fmt::format("kill -9 {}", process_->pid()); }

    asio::awaitable<std::uint64_t> start() override
    {
        std::string line;
        co_await asio::async_read_until(lines_, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
        co_return std::stoull(line);
    }

    asio::awaitable<void> crash() override
    {
        process_->send(SIGKILL);
        co_await process_->wait();
    }

private:
    static std::string this_program()
    {
        std::error_code none;
        auto const path = std::filesystem::read_symlink("/proc/self/exe", none);
        return none ? "coterie" : path.string();
    }

    asio::readable_pipe lines_;
    std::unique_ptr<child> process_;
};

}  // namespace

std::unique_ptr<victim> make_victim(asio::any_io_executor executor, settings const& s)
{
    if (s.url.starts_with("memory:"))
        return std::make_unique<in_thread>(s);
    return std::make_unique<in_process>(std::move(executor), s);
}

asio::awaitable<lock> live_as_victim(group_connector& group)
{
    co_await group.async_join(victim::name, asio::use_awaitable);
    co_await group.async_put(victim::data_path, victim::data, asio::use_awaitable);
    auto held = co_await group.async_try_lock(victim::lock_name, {.member = victim::name}, asio::use_awaitable);
    if (!held)
        throw std::runtime_error{"not as told: carol did not get the lock"};
    co_return std::move(*held);
}

asio::awaitable<int> run(context& c, demo_victim_command const&)
{
    auto const held = co_await c.signals.unless_stopped(live_as_victim(c.group));
    print_line(fmt::format("{}", held.fence()));
    co_await c.signals.next();
    co_return exit_code::ok;
}

}  // namespace coterie::cli
