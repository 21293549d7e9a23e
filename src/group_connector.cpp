#include <coterie/group_connector.hpp>

#include "session/connector.hpp"

namespace coterie {

group_connector::group_connector(client const& shared, group_config config)
    : connector_{session::connector::make(shared.hub_, std::move(config))}
{
}

group_connector::group_connector(client const& shared) : group_connector{shared, group_config{}} {}

group_connector& group_connector::operator=(group_connector&& other) noexcept
{
    group_connector old{std::move(*this)};
    connector_ = std::move(other.connector_);
    return *this;
}

group_connector::~group_connector()
{
    if (connector_)
        connector_->close_in_background();
}

std::string const& group_connector::group_name() const
{
    return connector_->config().group_name;
}

std::string const& group_connector::default_member() const
{
    return connector_->config().member;
}

asio::any_io_executor group_connector::get_executor() const
{
    return connector_->shared().user_executor();
}

std::vector<member> group_connector::members() const
{
    return connector_->view().members();
}

std::uint64_t group_connector::revision() const
{
    return connector_->view().revision();
}

}  // namespace coterie
