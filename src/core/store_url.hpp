// Where the store is: the URL given to a client, taken apart.
#ifndef COTERIE_SRC_CORE_STORE_URL_HPP
#define COTERIE_SRC_CORE_STORE_URL_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace coterie::core {

enum class store_kind
{
    memory,       // memory: (private)  memory:NAME (shared in the process)
    tcp,          // redis://[[user]:password@]host[:port][/database], valkey://; rediss://, valkeys:// with TLS
    unix_socket,  // unix://[[user]:password@]/path/to/socket[?db=N], redis+unix:// the same
};

struct store_url
{
    store_kind kind = store_kind::tcp;
    std::string name;  // of a shared memory store; empty: private
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string path;  // of a unix socket
    std::string user;  // empty: the default user
    std::string password;
    std::uint32_t database = 0;
    bool tls = false;

    bool operator==(store_url const&) const = default;
};

// Throws std::invalid_argument that names the part at fault, never with the password in its message.
store_url parse_store_url(std::string_view);

}  // namespace coterie::core

#endif
