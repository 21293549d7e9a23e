#include "output.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

namespace coterie::cli {

void print_line(std::string_view line)
{
    print_bytes(fmt::format("{}\n", line));
}

void print_bytes(std::string_view text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return;
    if (errno == EPIPE)
        throw output_closed{};
    throw std::system_error{errno, std::generic_category(), "cannot write to stdout"};
}

void print_json(boost::json::value const& value)
{
    print_line(boost::json::serialize(value));
}

void complain(std::string_view text)
{
    // In one piece: CMD may write there too.
    auto const line = fmt::format("coterie: {}\n", text);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string printable(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            result += fmt::format("\\x{:02x}", byte);
        else
            result += c;
    }
    return result;
}

std::string local_time(std::chrono::system_clock::time_point when)
{
    auto const milliseconds = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
    auto const seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    auto const time = static_cast<std::time_t>(seconds.count());
    std::tm parts{};
    ::localtime_r(&time, &parts);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", parts, (milliseconds - seconds).count());
}

}  // namespace coterie::cli
