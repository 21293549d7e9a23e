#include "collector.hpp"

#include <boost/redis/resp3/type.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace coterie::redis {

namespace resp3 = boost::redis::resp3;

static resp_value::kind kind_of(resp3::type type) noexcept
{
    switch (type)
    {
    case resp3::type::array:
    case resp3::type::set:
    case resp3::type::map:
    case resp3::type::attribute: return resp_value::kind::array;
    case resp3::type::push: return resp_value::kind::push;
    case resp3::type::simple_error:
    case resp3::type::blob_error: return resp_value::kind::error;
    case resp3::type::number: return resp_value::kind::number;
    case resp3::type::simple_string: return resp_value::kind::status;
    case resp3::type::null: return resp_value::kind::null;
    default: return resp_value::kind::text;
    }
}

void add_node(replies& to, resp3::node_view const& node)
{
    constexpr std::size_t most_reserved = 4096;  // the server's number is not trusted with all memory

    auto* level = &to;
    for (std::size_t depth = 0; depth < node.depth; ++depth)
    {
        if (level->empty())
            return;
        level = &level->back().items;
    }
    auto& value = level->emplace_back();
    value.type = kind_of(node.data_type);
    if (resp3::is_aggregate(node.data_type))
        value.items.reserve(std::min(node.aggregate_size * resp3::element_multiplicity(node.data_type), most_reserved));
    else
        value.text.assign(node.value);
}

boost::redis::any_adapter collect(std::shared_ptr<replies> to)
{
    using boost::redis::any_adapter;
    return any_adapter{[to = std::move(to)](any_adapter::parse_event event, resp3::node_view const& node, boost::system::error_code&) {
        if (event == any_adapter::parse_event::node)
            add_node(*to, node);
    }};
}

}  // namespace coterie::redis
