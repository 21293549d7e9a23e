// group_connector::async_find_deadlock: who waits, a page at a time, then who holds what is waited for.
#include "calls.hpp"
#include "core/deadlock.hpp"
#include "core/limits.hpp"
#include "core/role.hpp"

#include <map>
#include <string>
#include <vector>

namespace coterie::detail {
namespace {

using session::outcome;
using session::persistence;

// One of many questions, which have one deadline together.
template <class Operation>
task<outcome<typename Operation::reply>> ask(session::connector& self, Operation operation, std::shared_ptr<session::caller_base> asking)
{
    outcome<typename Operation::reply> result;
    if (self.shared().now() >= asking->deadline)
        result.ec = errc::timed_out;
    else
        result = co_await self.lease_session().call(std::move(operation), asking, persistence::bounded);
    co_return result;
}

task<outcome<std::vector<core::wait>>> read_waits(session::connector& self, std::shared_ptr<session::caller_base> asking)
{
    outcome<std::vector<core::wait>> result;
    std::map<std::string, std::vector<core::party>> holders;
    store::waiting page;
    do
    {
        auto const read = co_await ask(self, page, asking);
        result.ec = read.ec;
        for (auto const& [lock, wanted] : read.value.entries)
        {
            result.value.push_back({{wanted.session, wanted.owner}, lock, {}});
            holders[lock] = {};
        }
        page.cursor = read.value.cursor;
    } while (!result.ec && !page.cursor.empty());
    for (auto& [lock, parties] : holders)
    {
        if (result.ec)
            co_return result;
        store::inspect look;
        look.name = lock;
        auto const seen = co_await ask(self, std::move(look), asking);
        result.ec = seen.ec;
        for (auto const& holder : seen.value.holders)
            parties.push_back({holder.what.session, holder.what.owner});
    }
    for (auto& each : result.value)
        each.holders = holders.at(each.lock);
    co_return result;
}

}  // namespace

void find_deadlock(connector_ptr connector, std::string name, handler<std::vector<lock_wait>> handler)
{
    start<std::vector<lock_wait>>(std::move(connector), std::move(handler), core::check_name(name),
                                  [name](session::connector& self, auto asking) -> task<> {
                                      auto const waits = co_await read_waits(self, asking);
                                      if (waits.ec)
                                          co_return asking->fail(waits.ec);
                                      auto const circle = core::find_circle(waits.value, name);
                                      std::vector<lock_wait> result;
                                      for (std::size_t i = 0; i < circle.size(); ++i)
                                      {
                                          auto const& here = circle[i];
                                          bool const role = core::is_role(here.lock);
                                          result.push_back({here.who.member, here.who.session, here.lock.substr(role ? 1 : 0),
                                                            circle[(i + 1) % circle.size()].who.member, role});
                                      }
                                      asking->succeed(std::move(result));
                                  });
}

}  // namespace coterie::detail
