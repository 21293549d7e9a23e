// coterie memo
#include "commands.hpp"
#include "context.hpp"
#include "exit_code.hpp"
#include "supervise.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace coterie::cli {
namespace {

constexpr std::size_t most_output = 64 * 1024 * 1024;
constexpr std::chrono::seconds grace{5};

// CMD did not give a result: others are told the words, and we end as it did.
struct command_failed : std::runtime_error
{
    command_failed(int how, std::string const& words) : std::runtime_error{words}, code{how} {}
    int code;
};

// What a program prints.
class output_pipe
{
public:
    explicit output_pipe(asio::any_io_executor executor) : read_end_{std::move(executor)}
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::system_error{errno, std::generic_category(), "pipe"};
        read_end_.assign(ends[0]);
        write_end_ = ends[1];
    }
    ~output_pipe() { close_write_end(); }
    output_pipe(output_pipe const&) = delete;
    output_pipe& operator=(output_pipe const&) = delete;

    int write_end() const { return write_end_; }

    void close_write_end()
    {
        if (write_end_ >= 0)
            ::close(std::exchange(write_end_, -1));
    }

    // All of it, when everybody who could write has closed it; a byte more than `most_output` is enough.
    asio::awaitable<std::string> read_all()
    {
        std::string text;
        auto const [failure, size] = co_await asio::async_read(read_end_, asio::dynamic_buffer(text, most_output + 1),
                                                               asio::as_tuple(asio::use_awaitable));
        if (failure && failure != asio::error::eof)
            throw boost::system::system_error{failure};
        co_return text;
    }

private:
    asio::posix::stream_descriptor read_end_;
    int write_end_ = -1;
};

asio::awaitable<std::string> output_of(child& program, output_pipe& pipe)
{
    auto text = co_await pipe.read_all();
    if (text.size() > most_output)
        throw command_failed{exit_code::error, "CMD printed more than 64 MiB"};
    auto const code = co_await program.wait();
    if (code != 0)
        throw command_failed{code, fmt::format("CMD ended with exit code {}", code)};
    co_return text;
}

// While CMD runs nobody else begins, however long it takes. Who has lost the lease goes on: what he makes is printed, and not kept.
asio::awaitable<void> renew_for_ever(memo_lease& lease, std::chrono::milliseconds lock_timeout)
{
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (;;)
    {
        timer.expires_after(lock_timeout / 3);
        co_await timer.async_wait(asio::use_awaitable);
        co_await lease.async_renew(lock_timeout, asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<memo_result> make(context& c, memo_command const& what, memo_lease& lease)
{
    output_pipe pipe{c.get_executor()};
    child_options options;
    options.output = pipe.write_end();
    options.environment = {fmt::format("COTERIE_FENCE={}", lease.fence())};
    auto started = start_program(c.get_executor(), what.program, options);
    if (auto const* failed = std::get_if<int>(&started))
        throw command_failed{*failed, "CMD could not be started"};
    auto& program = *std::get<0>(started);
    pipe.close_write_end();

    auto const executor = co_await asio::this_coro::executor;
    auto either = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, output_of(program, pipe), asio::deferred),
        asio::co_spawn(executor, renew_for_ever(lease, what.lock_timeout), asio::deferred));
    auto [order, failure, text, renewals] = co_await std::move(either).async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (!failure)
    {
        memo_result result;
        result.value = std::move(text);
        result.ttl = what.ttl;
        co_return result;
    }
    co_await asio::this_coro::reset_cancellation_state();
    co_await end_program(program, grace);
    std::rethrow_exception(failure);
}

asio::awaitable<std::string> get(context& c, memo& results, memo_command const& what)
{
    memo_get_options options;
    options.refresh = what.refresh;
    auto const generate = [&c, &what](memo_lease& lease) { return make(c, what, lease); };
    auto const value = co_await results.async_get_renewable(what.id, what.wait, generate, options, asio::use_awaitable);
    co_return value.value_or("");
}

asio::awaitable<int> print_result(context& c, memo& results, memo_command const& what)
{
    try
    {
        auto const value = co_await c.signals.unless_stopped(get(c, results, what));
        if (c.settings.json)
            print_json(boost::json::object{{"id", utf8(what.id)}, {"value", utf8(value)}});
        else
            print_bytes(value);
        co_return exit_code::ok;
    }
    catch (command_failed const& e)
    {
        complain(fmt::format("memo: {}: {}", printable(what.id), e.what()));
        co_return e.code;
    }
    catch (boost::system::system_error const& e)
    {
        if (e.code() == errc::timed_out)
        {
            complain(fmt::format("memo: {} is still being made by another; wait longer, or try again", printable(what.id)));
            co_return exit_code::not_acquired;
        }
        if (e.code() != errc::generator_failed)
            throw;
        complain(fmt::format("memo: {}: {}", printable(what.id), printable(e.what())));
        co_return exit_code::error;
    }
}

memo_config config_of(memo_command const& what)
{
    memo_config result;
    if (!what.tag.empty())
        result.tag = what.tag;
    result.lock_timeout = what.lock_timeout;
    return result;
}

}  // namespace

asio::awaitable<int> run(context& c, memo_command const& what)
{
    memo results{c.client, config_of(what)};
    if (what.what == memo_command::verb::get)
        co_return co_await print_result(c, results, what);
    if (what.what == memo_command::verb::store)
    {
        co_await c.signals.unless_stopped(results.async_store(what.id, what.value, what.ttl, asio::use_awaitable));
        co_return exit_code::ok;
    }
    bool const was_there = co_await c.signals.unless_stopped(results.async_invalidate(what.id, asio::use_awaitable));
    co_return was_there ? exit_code::ok : exit_code::error;
}

}  // namespace coterie::cli
