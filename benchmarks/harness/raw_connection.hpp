// A socket to the server with nothing between: what coterie is measured against.
#ifndef COTERIE_BENCHMARKS_HARNESS_RAW_CONNECTION_HPP
#define COTERIE_BENCHMARKS_HARNESS_RAW_CONNECTION_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::benchmarks {

namespace asio = boost::asio;

// A command as the protocol writes it.
void append_command(std::string& to, std::span<std::string_view const> words);
void append_command(std::string& to, std::initializer_list<std::string_view> words);

// Finds the end of each reply in what has arrived so far.
class reply_finder
{
public:
    // Goes on; true at the end of a reply. False: more must arrive.
    bool next(std::string_view arrived);

    std::size_t end() const { return at_; }
    void forget(std::size_t size) { at_ -= size; }  // that much of the beginning was dropped

private:
    std::size_t at_ = 0;
    std::size_t parts_ = 1;  // of the reply, that are not found yet
};

class raw_connection
{
public:
    // Connects, and waits for that. The URL is redis://HOST:PORT.
    raw_connection(asio::io_context&, std::string_view url);

    // Whole replies as they came, at least `count`; they stay until the next call.
    asio::awaitable<std::string_view> async_read(std::size_t count = 1);

    asio::awaitable<void> async_write(std::string const& commands);

    // The same without coroutines: writes, waits, and gives so many replies.
    std::string_view ask_all(std::string const& commands, std::size_t count);

    // Of one command. An error of the server throws.
    std::string ask(std::initializer_list<std::string_view> words);

    // Makes a script known to the server and returns the name it has there.
    std::string load(std::string_view script);

private:
    void drop_given();
    asio::mutable_buffer room();
    bool find(std::size_t& count);

    asio::ip::tcp::socket socket_;
    std::vector<char> in_;
    std::size_t filled_ = 0;
    std::size_t given_ = 0;
    reply_finder found_;
};

}  // namespace coterie::benchmarks

#endif
