// How the demo speaks: each line with the seconds since its start.
#ifndef COTERIE_SRC_CLI_DEMO_TELLER_HPP
#define COTERIE_SRC_CLI_DEMO_TELLER_HPP

#include "output.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string_view>

namespace coterie::cli {

namespace asio = boost::asio;

class teller
{
public:
    using clock = std::chrono::steady_clock;

    // Gives the reader a moment, then begins a part of the story.
    asio::awaitable<void> chapter(std::string_view title)
    {
        asio::steady_timer pause{co_await asio::this_coro::executor, std::chrono::milliseconds{500}};
        co_await pause.async_wait(asio::use_awaitable);
        print_line(fmt::format("\n{}", title));
    }

    void tell(std::string_view who, std::string_view what, std::string_view detail = {})
    {
        auto const elapsed = std::chrono::duration<double>(clock::now() - start_).count();
        print_line(detail.empty() ? fmt::format("{:7.3f} s  {:<6} {}", elapsed, who, what)
                                  : fmt::format("{:7.3f} s  {:<6} {:<26} {}", elapsed, who, what, detail));
    }

    // The demo fails if it is not so.
    void expect(bool so, std::string_view what)
    {
        if (!so)
            throw std::runtime_error{fmt::format("demo: not as told: {}", what)};
    }

private:
    clock::time_point const start_ = clock::now();
};

inline double milliseconds(std::chrono::nanoseconds length)
{
    return std::chrono::duration<double, std::milli>(length).count();
}

}  // namespace coterie::cli

#endif
