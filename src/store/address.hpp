// Where an operation is executed, as one string: a group, by its name; a shard of a presence space; a memoised result. Names hold no braces, so
// the kinds cannot be mistaken for each other; what the braces hold decides the slot of a cluster (the whole name of a group does).
#ifndef COTERIE_SRC_STORE_ADDRESS_HPP
#define COTERIE_SRC_STORE_ADDRESS_HPP

#include <string>
#include <string_view>

namespace coterie::store {

enum class address_kind
{
    group,
    presence,
    memo,
};

inline std::string presence_shard(std::string_view space, unsigned number)
{
    return std::string{"p:{"}.append(space).append(":").append(std::to_string(number)).append("}");
}

inline std::string memo_entry(std::string_view tag, std::string_view id)
{
    return std::string{"m:"}.append(tag).append(":{").append(id).append("}");
}

inline address_kind kind_of(std::string_view address)
{
    return address.find('{') == std::string_view::npos ? address_kind::group
           : address.starts_with("p:")                 ? address_kind::presence
                                                       : address_kind::memo;
}

}  // namespace coterie::store

#endif
