#include <coterie/memo.hpp>

#include "session/memo_table.hpp"

namespace coterie {

memo::memo(client const& shared, memo_config config) : table_{session::memo_table::make(shared.hub_, std::move(config))} {}

memo::memo(client const& shared) : memo{shared, memo_config{}} {}

memo& memo::operator=(memo&& other) noexcept
{
    memo old{std::move(*this)};
    table_ = std::move(other.table_);
    return *this;
}

memo::~memo()
{
    if (table_)
        asio::post(table_->shared()->strand(), [table = table_] { table->close(); });
}

asio::any_io_executor memo::get_executor() const
{
    return table_->shared()->user_executor();
}

}  // namespace coterie
