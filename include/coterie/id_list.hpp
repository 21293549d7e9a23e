// Ids given to an operation: one, some in braces, or a range; copied.
#ifndef COTERIE_ID_LIST_HPP
#define COTERIE_ID_LIST_HPP

#include <concepts>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie {

// (Not made from an initializer_list: g++ 12 cannot keep one in a coroutine. And not an aggregate: it may be written in a co_await expression.)
class id_list
{
public:
    template <class... Ids>
    requires(std::convertible_to<Ids const&, std::string_view>&&...) id_list(Ids const&... ids)
    {
        ids_.reserve(sizeof...(Ids));
        (ids_.emplace_back(std::string_view{ids}), ...);
    }

    template <std::ranges::input_range Range>
    requires(!std::convertible_to<Range const&, std::string_view> &&
             std::convertible_to<std::ranges::range_reference_t<Range const&>, std::string_view>) id_list(Range const& range)
    {
        for (std::string_view const id : range)
            ids_.emplace_back(id);
    }

    id_list(std::vector<std::string>&& ids) : ids_{std::move(ids)} {}

    std::vector<std::string> take() { return std::move(ids_); }

private:
    std::vector<std::string> ids_;
};

}  // namespace coterie

#endif
