#include <coterie/client.hpp>

#include "session/hub.hpp"

namespace coterie {

client::client(boost::asio::any_io_executor executor, std::string_view url, client_config config)
    : hub_{session::hub::make(std::move(executor), url, std::move(config))}
{
}

client::client(boost::asio::any_io_executor executor, std::string_view url) : client{std::move(executor), url, client_config{}} {}

boost::asio::any_io_executor client::get_executor() const
{
    return hub_->user_executor();
}

metrics client::metrics() const
{
    return hub_->count().read();
}

}  // namespace coterie
