// Where the servers are. The only place that knows: today there is one for all groups.
#ifndef COTERIE_SRC_STORE_REDIS_TOPOLOGY_HPP
#define COTERIE_SRC_STORE_REDIS_TOPOLOGY_HPP

#include "../../core/store_url.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/redis/config.hpp>

#include <string>

namespace coterie::redis {

class topology
{
public:
    explicit topology(core::store_url url) : url_{std::move(url)} {}

    // How to reach the server: address, TLS or not. Times and requests are for the link to fill in.
    boost::redis::config target() const;

    // Trusts what the system trusts (or SSL_CERT_FILE names); the certificate must be for the URL's host.
    boost::asio::ssl::context tls() const;

    // For messages; without the password.
    std::string text() const;

    core::store_url const& credentials() const noexcept { return url_; }

private:
    core::store_url url_;
};

}  // namespace coterie::redis

#endif
