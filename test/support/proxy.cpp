#include "proxy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <list>
#include <utility>

namespace coterie::test {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
constexpr auto as_tuple = asio::as_tuple(asio::deferred);

struct link
{
    tcp::socket client;
    tcp::socket server;
    bool held = false;
};

}  // namespace

struct proxy::state
{
    explicit state(std::uint16_t to) : target{asio::ip::address_v4::loopback(), to}
    {
        gate.expires_at(asio::steady_timer::time_point::max());
    }

    asio::awaitable<void> accept()
    {
        for (;;)
        {
            auto [failed, client] = co_await acceptor.async_accept(as_tuple);
            if (failed)
                co_return;
            if (refusing)
                continue;
            asio::co_spawn(context, serve(std::move(client)), asio::detached);
        }
    }

    asio::awaitable<void> serve(tcp::socket client)
    {
        auto const here = std::make_shared<link>(std::move(client), tcp::socket{context});
        links.push_back(here);
        auto const [failed] = co_await here->server.async_connect(target, as_tuple);
        if (failed)
        {
            links.remove(here);
            co_return;
        }
        asio::co_spawn(context, forward(here, here->server, here->client), asio::detached);
        co_await forward(here, here->client, here->server);
        links.remove(here);
    }

    bool is_held(link const& which, tcp::socket const& from) const
    {
        return held || which.held || (replies_held && &from == &which.server);
    }

    // By its sender, who so takes back what has not arrived.
    static bool is_reset(tcp::socket& which)
    {
        tcp_info seen{};
        socklen_t size = sizeof seen;
        return ::getsockopt(which.native_handle(), IPPROTO_TCP, TCP_INFO, &seen, &size) == 0 && seen.tcpi_state == TCP_CLOSE;
    }

    asio::awaitable<void> forward(std::shared_ptr<link> here, tcp::socket& from, tcp::socket& to)
    {
        std::array<char, 65536> buffer;
        for (;;)
        {
            auto const [ended, count] = co_await from.async_read_some(asio::buffer(buffer), as_tuple);
            asio::steady_timer late{context, lateness};
            if (lateness.count() > 0)
                co_await late.async_wait(as_tuple);
            bool stays = false;  // with its sender
            while (is_held(*here, from))
            {
                stays = &from == &here->client && !left_sender;
                co_await gate.async_wait(as_tuple);
            }
            boost::system::error_code ignored;
            if (stays && is_reset(from))
            {
                from.close(ignored);
                to.close(ignored);
                co_return;
            }
            if (ended)
            {
                to.shutdown(tcp::socket::shutdown_send, ignored);
                co_return;
            }
            auto const [broken, written] = co_await asio::async_write(to, asio::buffer(buffer, count), as_tuple);
            if (broken)
            {
                from.close(ignored);
                co_return;
            }
        }
    }

    void cut()
    {
        for (auto const& link : links)
        {
            boost::system::error_code ignored;
            link->client.close(ignored);
            link->server.close(ignored);
        }
        links.clear();
    }

    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    tcp::endpoint target;
    asio::steady_timer gate{context};  // waited for while held, cancelled to let everybody look again
    std::list<std::shared_ptr<link>> links;
    bool held = false;
    bool left_sender = false;
    bool replies_held = false;
    bool refusing = false;
    std::chrono::milliseconds lateness{0};
};

proxy::proxy(std::uint16_t target) : state_{std::make_unique<state>(target)}
{
    asio::co_spawn(state_->context, state_->accept(), asio::detached);
    thread_ = std::thread{[this] { state_->context.run(); }};
}

proxy::~proxy()
{
    state_->context.stop();
    thread_.join();
}

template <class Function>
void proxy::on_thread(Function function) const
{
    std::promise<void> done;
    asio::post(state_->context, [&] {
        function(*state_);
        done.set_value();
    });
    done.get_future().wait();
}

std::uint16_t proxy::port() const
{
    return state_->acceptor.local_endpoint().port();
}

void proxy::hold()
{
    on_thread([](state& here) { here.held = true; });
}

void proxy::hold_on_the_way()
{
    on_thread([](state& here) { here.held = here.left_sender = true; });
}

void proxy::pass()
{
    on_thread([](state& here) {
        here.held = here.left_sender = here.replies_held = here.refusing = false;
        for (auto const& link : here.links)
            link->held = false;
        here.gate.cancel();
    });
}

void proxy::hold_newest()
{
    on_thread([](state& here) { here.links.back()->held = true; });
}

void proxy::hold_replies()
{
    on_thread([](state& here) { here.replies_held = true; });
}

void proxy::refuse()
{
    on_thread([](state& here) {
        here.refusing = true;
        here.cut();
    });
}

void proxy::cut()
{
    on_thread([](state& here) { here.cut(); });
}

void proxy::delay(std::chrono::milliseconds lateness)
{
    on_thread([lateness](state& here) { here.lateness = lateness; });
}

std::size_t proxy::connections() const
{
    std::size_t count = 0;
    on_thread([&count](state& here) { count = here.links.size(); });
    return count;
}

}  // namespace coterie::test
