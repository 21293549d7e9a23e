// A TCP proxy between a client and a server, to break what lies between them. It runs on a thread of its own; its members may be
// called from any thread, and have taken effect when they return.
#ifndef COTERIE_TEST_SUPPORT_PROXY_HPP
#define COTERIE_TEST_SUPPORT_PROXY_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace coterie::test {

class proxy
{
public:
    // Forwards connections to this port of the local machine.
    explicit proxy(std::uint16_t target);
    ~proxy();

    proxy(proxy const&) = delete;
    proxy& operator=(proxy const&) = delete;

    std::uint16_t port() const;
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port()); }

    // Forwards no more, and says nothing: connections stay, new ones are accepted. What was sent meanwhile arrives after pass(),
    // even if the sender has closed its connection, as it does when a network comes back; not if he has reset it.
    void hold();
    void pass();

    // The same, and what was sent has left the sender: it arrives in any case.
    void hold_on_the_way();

    // The same for the connection made last, alone; for what the server says, alone. Ends with pass() as well.
    void hold_newest();
    void hold_replies();

    // Ends all connections, and new ones at once. Ends with pass() as well.
    void refuse();

    // Ends all connections, with whatever they held.
    void cut();

    // Each piece is forwarded this much later.
    void delay(std::chrono::milliseconds);

    std::size_t connections() const;  // open now

private:
    struct state;

    template <class Function>
    void on_thread(Function) const;

    std::unique_ptr<state> state_;
    std::thread thread_;
};

}  // namespace coterie::test

#endif
