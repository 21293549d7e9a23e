// What group_connector's operations call, with erased handlers and owned arguments.
#ifndef COTERIE_DETAIL_CONNECTOR_CALLS_HPP
#define COTERIE_DETAIL_CONNECTOR_CALLS_HPP

#include <coterie/error.hpp>
#include <coterie/lock.hpp>
#include <coterie/member.hpp>
#include <coterie/member_events.hpp>
#include <coterie/options.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {
class connector;
}

namespace coterie::detail {

using connector_ptr = std::shared_ptr<session::connector>;
template <class... Values>
using handler = boost::asio::any_completion_handler<void(boost::system::error_code, Values...)>;

struct owned_join_options
{
    std::vector<std::string> tags;
};

struct owned_lock_options
{
    std::chrono::milliseconds wait{};
    std::string member;
    bool reentrant = false;
    std::optional<std::chrono::milliseconds> lease;
    lock_mode mode = lock_mode::exclusive;
    std::uint32_t limit = 0;  // of permits
    std::uint32_t min_replicas = 0;
};

owned_join_options owned(join_options const&);
owned_lock_options owned(lock_options const&);
owned_lock_options owned(permit_options const&);

void join(connector_ptr, std::string name, std::string value, owned_join_options, handler<>);
void leave(connector_ptr, std::string name, handler<bool>);
void update(connector_ptr, std::string name, std::string value, handler<bool>);
void members(connector_ptr, handler<std::vector<member>>);
void watch(connector_ptr, watch_options, handler<member_events>);
void try_lock(connector_ptr, std::string name, owned_lock_options, handler<std::optional<lock>>);
void take_lock(connector_ptr, std::vector<std::string> names, owned_lock_options, handler<lock>);
void release(connector_ptr, std::string member, std::string lock_name, handler<bool>);
void inspect(connector_ptr, std::string name, handler<std::optional<lock_info>>);
void find_deadlock(connector_ptr, std::string name, handler<std::vector<lock_wait>>);
void force_release(connector_ptr, std::string name, handler<bool>);
void put(connector_ptr, std::string path, std::string value, put_options, handler<>);
void get(connector_ptr, std::string path, handler<std::optional<std::string>>);
void erase(connector_ptr, std::string path, handler<bool>);
void list(connector_ptr, std::string pattern, handler<std::vector<std::string>>);
void close(connector_ptr, handler<>);

}  // namespace coterie::detail

#endif
