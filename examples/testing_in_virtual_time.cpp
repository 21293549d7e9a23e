// A small service of a user, and a test of it in virtual time: a minute of its life, with a cut network, in milliseconds.
#include <coterie/coterie.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// --- the service: of all its instances, the holder of a lock refreshes the prices, and the others read them ----------------

class price_service
{
public:
    price_service(asio::any_io_executor executor, std::string const& url, std::shared_ptr<coterie::clock> clock, std::string name)
        : clock_{clock}
        , name_{std::move(name)}
        , group_{coterie::client{executor, url, {.clock = clock}}, {.group_name = "prices"}}
    {
    }

    asio::awaitable<void> run()
    {
        for (;;)
        {
            try
            {
                if (!refreshes())
                    right_ = (co_await group_.async_try_lock("refresh")).value_or(coterie::lock{});
                if (refreshes())
                    co_await group_.async_put("newest", "by " + name_, {.lifetime = coterie::persistent});
            }
            catch (boost::system::system_error const& error)
            {
                if (error.code() == coterie::errc::closed)
                    co_return;
                // The store is away. The next round tries again.
            }
            co_await coterie::testing::async_sleep(clock_, 1s);
        }
    }

    bool refreshes() const { return right_.state() != coterie::lock_state::lost; }
    auto newest() { return group_.async_get("newest"); }
    auto close() { return group_.async_close(); }

private:
    std::shared_ptr<coterie::clock> clock_;
    std::string name_;
    coterie::group_connector group_;
    coterie::lock right_;
};

// --- its test ------------------------------------------------------------------------------------------------------------

int main()
{
    asio::io_context io;
    auto const clock = std::make_shared<coterie::testing::virtual_clock>();
    coterie::testing::memory_server server{clock};
    price_service one{io.get_executor(), server.url(), clock, "one"};
    price_service two{io.get_executor(), server.url(), clock, "two"};

    int failures = 0;
    auto const expect = [&](bool met, char const* what) {
        fmt::print("{}: {}\n", met ? "ok" : "FAILED", what);
        failures += met ? 0 : 1;
    };

    asio::co_spawn(io, one.run(), asio::detached);
    clock->run_for(io, 1ms);
    asio::co_spawn(io, two.run(), asio::detached);
    clock->run_for(io, 30s);
    expect(one.refreshes() && !two.refreshes(), "the first instance refreshes, and goes on to");

    // The network of the first one is cut: what it sends, on this connection or a new one, gets lost.
    auto const second = server.connections();  // they are counted from 1
    server.on_request([second](coterie::testing::request const& each) {
        coterie::testing::request_fault fault;
        if (each.connection != second)
            fault.what = coterie::testing::request_fault::kind::drop_before;
        return fault;
    });
    bool both = false;
    bool const taken_over = clock->run_until(
        io,
        [&] {
            both = both || (one.refreshes() && two.refreshes());
            return two.refreshes();
        },
        15s);
    expect(taken_over, "the second instance takes over when the lease of the first one has ended");
    expect(!both && !one.refreshes(), "the first one knew it before");

    server.on_request({});
    clock->run_for(io, 15s);
    expect(two.refreshes() && !one.refreshes(), "it takes nothing back when its network is there again");

    std::string newest;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            newest = (co_await one.newest()).value_or("");
            co_await one.close();
            co_await two.close();
        },
        asio::detached);
    clock->run_for(io, 10s);
    expect(newest == "by two", "but it reads what the second one has refreshed");
    return failures == 0 ? 0 : 1;
}
