#include "topology.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>

namespace coterie::redis {

namespace ssl = boost::asio::ssl;

boost::redis::config topology::target() const
{
    boost::redis::config result;
    if (url_.kind == core::store_kind::unix_socket)
    {
        result.unix_socket = url_.path;
    }
    else
    {
        result.addr.host = url_.host;
        result.addr.port = std::to_string(url_.port);
        result.use_ssl = url_.tls;
    }
    return result;
}

ssl::context topology::tls() const
{
    ssl::context result{ssl::context::tls_client};
    if (url_.tls)
    {
        result.set_default_verify_paths();
        result.set_verify_mode(ssl::verify_peer);
        result.set_verify_callback(ssl::host_name_verification{url_.host});
    }
    return result;
}

std::string topology::text() const
{
    if (url_.kind == core::store_kind::unix_socket)
        return url_.path;
    return url_.host + ':' + std::to_string(url_.port);
}

}  // namespace coterie::redis
