#include "resp_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <poll.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace coterie::test {

namespace asio = boost::asio;

std::vector<std::string> resp_client::value::texts() const
{
    std::vector<std::string> result;
    for (auto const& item : items)
        result.push_back(item.text);
    return result;
}

resp_client::resp_client(std::string const& socket) : socket_{context_}
{
    socket_.connect(asio::local::stream_protocol::endpoint{socket});
}

resp_client::value resp_client::operator()(std::vector<std::string> command)
{
    auto request = "*" + std::to_string(command.size()) + "\r\n";
    for (auto const& word : command)
        request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    asio::write(socket_, asio::buffer(request));
    return read_value();
}

void resp_client::fill()
{
    constexpr int patience_ms = 10'000;
    pollfd watched{socket_.native_handle(), POLLIN, 0};
    if (::poll(&watched, 1, patience_ms) == 0)
        throw boost::system::system_error{asio::error::timed_out};
    std::array<char, 16384> bytes;
    buffer_.append(bytes.data(), socket_.read_some(asio::buffer(bytes)));
}

std::string resp_client::read_line()
{
    while (buffer_.find("\r\n") == std::string::npos)
        fill();
    auto const length = buffer_.find("\r\n");
    auto line = buffer_.substr(0, length);
    buffer_.erase(0, length + 2);
    return line;
}

std::string resp_client::read_bytes(std::size_t count)
{
    while (buffer_.size() < count + 2)
        fill();
    auto bytes = buffer_.substr(0, count);
    buffer_.erase(0, count + 2);
    return bytes;
}

resp_client::value resp_client::read_value()
{
    auto const line = read_line();
    value result;
    result.type = line.at(0);
    result.text = line.substr(1);
    result.number = std::strtoll(result.text.c_str(), nullptr, 10);
    switch (result.type)
    {
    case '+':
    case '-':
    case ':': break;
    case '$':
        if (result.number < 0)
            return {};
        result.text = read_bytes(static_cast<std::size_t>(result.number));
        break;
    case '*':
        for (std::int64_t left = result.number; left > 0; --left)
            result.items.push_back(read_value());
        break;
    default: throw std::runtime_error{"not an answer in RESP2: " + line};
    }
    return result;
}

}  // namespace coterie::test
