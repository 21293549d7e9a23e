// A few commands said to a server by hand, one after the other: what tests look at, and break, behind the library's back.
#ifndef COTERIE_TEST_SUPPORT_RESP_CLIENT_HPP
#define COTERIE_TEST_SUPPORT_RESP_CLIENT_HPP

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace coterie::test {

class resp_client
{
public:
    struct value
    {
        char type = '_';  // as in RESP: + - : $ * and _ for null
        std::string text;
        std::int64_t number = 0;
        std::vector<value> items;

        bool is_error() const { return type == '-'; }
        bool is_null() const { return type == '_'; }
        std::vector<std::string> texts() const;
    };

    // Connects to a unix socket. Throws boost::system::system_error.
    explicit resp_client(std::string const& socket);

    // The server's answer, which may be an error. Throws boost::system::system_error if the connection breaks, or it takes too long.
    value operator()(std::vector<std::string> command);

    // What the server says without being asked: after MONITOR.
    value next() { return read_value(); }

private:
    void fill();
    std::string read_line();
    std::string read_bytes(std::size_t count);
    value read_value();

    boost::asio::io_context context_;
    boost::asio::local::stream_protocol::socket socket_;
    std::string buffer_;
};

}  // namespace coterie::test

#endif
