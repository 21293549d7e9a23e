#include "stocktaking.hpp"

#include "submit.hpp"

namespace coterie::session {

task<error_code> take_stock(hub& shared, std::string group, store::caller who, lock_table& locks, member_table& members)
{
    store::inventory operation{who};
    do
    {
        auto page = co_await submit(shared, group, operation);
        if (page.ec)
            co_return page.ec;
        for (auto& lock : page.value.locks)
            lock.session = who.session;
        if (auto const failed = co_await locks.give_back_unknown(who, page.value.locks, page.value.places))
            co_return failed;
        if (auto const failed = co_await members.leave_unknown(group, who, std::move(page.value.members)))
            co_return failed;
        operation.cursor = page.value.cursor;
    } while (!operation.cursor.empty());
    co_return error_code{};
}

}  // namespace coterie::session
