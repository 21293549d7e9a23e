#include "raw_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace coterie::benchmarks {
namespace {

constexpr std::size_t at_a_time = 64 * 1024;

asio::ip::tcp::endpoint endpoint_of(std::string_view url)
{
    constexpr std::string_view scheme = "redis://";
    auto const colon = url.rfind(':');
    if (!url.starts_with(scheme) || colon < scheme.size())
        throw std::invalid_argument{"the benchmark wants redis://ADDRESS:PORT"};
    auto const host = url.substr(scheme.size(), colon - scheme.size());
    return {asio::ip::make_address(std::string{host}), static_cast<asio::ip::port_type>(std::stoi(std::string{url.substr(colon + 1)}))};
}

}  // namespace

void append_command(std::string& to, std::span<std::string_view const> words)
{
    fmt::format_to(std::back_inserter(to), "*{}\r\n", words.size());
    for (auto const word : words)
        fmt::format_to(std::back_inserter(to), "${}\r\n{}\r\n", word.size(), word);
}

void append_command(std::string& to, std::initializer_list<std::string_view> words)
{
    append_command(to, std::span{words.begin(), words.size()});
}

bool reply_finder::next(std::string_view arrived)
{
    while (at_ < arrived.size())
    {
        auto const line = arrived.find("\r\n", at_);
        if (line == arrived.npos)
            return false;
        auto end = line + 2;
        long long number = 0;
        std::from_chars(arrived.data() + at_ + 1, arrived.data() + line, number);
        std::size_t inside = 0;
        switch (arrived[at_])
        {
        case '$':
            if (number >= 0)
                end += static_cast<std::size_t>(number) + 2;
            if (end > arrived.size())
                return false;
            break;
        case '*':
        case '>': inside = number > 0 ? static_cast<std::size_t>(number) : 0; break;
        case '%': inside = 2 * static_cast<std::size_t>(number); break;
        default: break;
        }
        at_ = end;
        parts_ += inside;
        if (--parts_ == 0)
        {
            parts_ = 1;
            return true;
        }
    }
    return false;
}

raw_connection::raw_connection(asio::io_context& io, std::string_view url) : socket_{io}
{
    socket_.connect(endpoint_of(url));
    socket_.set_option(asio::ip::tcp::no_delay{true});
}

void raw_connection::drop_given()
{
    std::copy(in_.begin() + static_cast<std::ptrdiff_t>(given_), in_.begin() + static_cast<std::ptrdiff_t>(filled_), in_.begin());
    filled_ -= given_;
    found_.forget(std::exchange(given_, 0));
}

asio::mutable_buffer raw_connection::room()
{
    if (in_.size() - filled_ < at_a_time)
        in_.resize(2 * in_.size() + at_a_time);
    return {in_.data() + filled_, in_.size() - filled_};
}

// Counts down for each reply that is whole; true when there are enough.
bool raw_connection::find(std::size_t& count)
{
    while (found_.next({in_.data(), filled_}))
    {
        given_ = found_.end();
        count -= count > 0;
    }
    return count == 0;
}

asio::awaitable<std::string_view> raw_connection::async_read(std::size_t count)
{
    drop_given();
    while (!find(count))
        filled_ += co_await socket_.async_read_some(room(), asio::use_awaitable);
    co_return std::string_view{in_.data(), given_};
}

asio::awaitable<void> raw_connection::async_write(std::string const& commands)
{
    co_await asio::async_write(socket_, asio::buffer(commands), asio::use_awaitable);
}

std::string_view raw_connection::ask_all(std::string const& commands, std::size_t count)
{
    drop_given();
    asio::write(socket_, asio::buffer(commands));
    while (!find(count))
        filled_ += socket_.read_some(room());
    return {in_.data(), given_};
}

std::string raw_connection::ask(std::initializer_list<std::string_view> words)
{
    std::string command;
    append_command(command, words);
    std::string reply{ask_all(command, 1)};
    if (reply.front() == '-')
        throw std::runtime_error{"the server says " + reply};
    return reply;
}

std::string raw_connection::load(std::string_view script)
{
    auto const reply = ask({"SCRIPT", "LOAD", script});
    return reply.substr(reply.find("\r\n") + 2, 40);
}

}  // namespace coterie::benchmarks
