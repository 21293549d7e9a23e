// What the operations of presence call, with erased handlers and owned arguments.
#ifndef COTERIE_DETAIL_PRESENCE_CALLS_HPP
#define COTERIE_DETAIL_PRESENCE_CALLS_HPP

#include <coterie/presence_events.hpp>
#include <coterie/presence_types.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {
class presence_space;
}

namespace coterie::detail {

using space_ptr = std::shared_ptr<session::presence_space>;
template <class... Values>
using presence_handler = boost::asio::any_completion_handler<void(boost::system::error_code, Values...)>;

struct owned_word
{
    std::optional<std::string> source;
    std::optional<std::string> text;
    std::optional<std::string> value;
    std::optional<status> what;
    bool all_sources = false;
};

owned_word owned(online_options const&, std::optional<status> what);
owned_word owned(offline_options const&);

void appear(space_ptr, std::vector<std::string> ids, owned_word, presence_handler<presence_result>);
void disappear(space_ptr, std::vector<std::string> ids, owned_word, presence_handler<presence_result>);
void look_up(space_ptr, std::vector<std::string> ids, presence_handler<std::vector<presence_info>>);
void count(space_ptr, presence_handler<std::uint64_t>);
void watch_presence(space_ptr, std::optional<std::vector<std::string>> ids, presence_handler<presence_events>);
void change_party(space_ptr, std::string name, std::vector<std::string> add, std::vector<std::string> remove,
                  presence_handler<std::uint64_t>);
void party(space_ptr, std::string name, std::string foreign_key, presence_handler<std::map<std::string, presence_info>>);
void close_presence(space_ptr, presence_handler<>);

}  // namespace coterie::detail

#endif
