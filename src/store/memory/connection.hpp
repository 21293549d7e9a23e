// The two ends of a connection to a memory server.
#ifndef COTERIE_SRC_STORE_MEMORY_CONNECTION_HPP
#define COTERIE_SRC_STORE_MEMORY_CONNECTION_HPP

#include "../store.hpp"
#include "delay_line.hpp"
#include "group_state.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace coterie::store::memory {

using link_id = std::uint64_t;
using request_id = std::uint64_t;

// The client's end. Everything is called on its strand, never from inside a call to the server; what is called for a link that the
// client has given up is to be ignored there.
class client_end
{
public:
    virtual void on_connected(link_id) = 0;
    virtual void on_broken(link_id) = 0;  // or refused
    virtual void on_reply(link_id, request_id, error_code, reply) = 0;
    virtual void on_push(link_id, std::string const& group, push const&) = 0;

protected:
    ~client_end() = default;
};

// One request: an operation, or (none) the wish to hear what is told on a topic.
struct message
{
    request_id id = 0;
    topic on;
    std::optional<operation> what;
};

struct response
{
    request_id id = 0;
    error_code error;
    reply what;
};

// The server's end.
struct connection
{
    link_id id = 0;
    std::weak_ptr<client_end> client;
    std::optional<executor> strand;  // until it is broken: a strand must not outlive its context, a request under way may
    bool broken = false;
    bool deaf = false;  // requests do not arrive any more
    bool mute = false;  // replies do not come any more
    delay_line requests{};
    delay_line replies{};
    delay_line pushes{};
    std::set<topic> watched{};
};

}  // namespace coterie::store::memory

#endif
