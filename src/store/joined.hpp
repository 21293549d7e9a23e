// Variants of operations put together, and the variant of their replies.
#ifndef COTERIE_SRC_STORE_JOINED_HPP
#define COTERIE_SRC_STORE_JOINED_HPP

#include <variant>

namespace coterie::store {
namespace detail {

template <class... Variants>
struct join_variants;

template <class... A>
struct join_variants<std::variant<A...>>
{
    using type = std::variant<A...>;
};

template <class... A, class... B, class... More>
struct join_variants<std::variant<A...>, std::variant<B...>, More...> : join_variants<std::variant<A..., B...>, More...>
{
};

template <class Operations>
struct replies_of;

template <class... Operations>
struct replies_of<std::variant<Operations...>>
{
    using type = std::variant<typename Operations::reply...>;
};

}  // namespace detail

template <class... Variants>
using joined = typename detail::join_variants<Variants...>::type;

template <class Operations>
using replies = typename detail::replies_of<Operations>::type;

}  // namespace coterie::store

#endif
