// Puts the call of a script together, word by word.
#ifndef COTERIE_SRC_STORE_REDIS_CALL_BUILDER_HPP
#define COTERIE_SRC_STORE_REDIS_CALL_BUILDER_HPP

#include "encode.hpp"
#include "keys.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace coterie::redis {

class call_builder
{
public:
    explicit call_builder(std::string_view address) : keys_{address} {}

protected:
    redis::keys const& keys() const { return keys_; }

    void begin(std::string_view name, std::size_t keys)
    {
        auto const all = all_scripts();
        call_.what = &*std::ranges::find(all, name, &script::name);  // each operation has one: the contract suite calls them all
        call_.keys = keys;
        call_.words.reserve(keys + 8);
    }

    template <class... Words>
    void add(Words&&... words)
    {
        (call_.words.emplace_back(std::forward<Words>(words)), ...);
    }

    void containers(std::initializer_list<std::string_view> names)
    {
        for (auto const name : names)
            add(keys_.of(name));
    }

    call take() { return std::move(call_); }

    static std::string number(std::uint64_t value) { return std::to_string(value); }
    static std::string number(std::chrono::milliseconds value) { return std::to_string(value.count()); }
    static std::string flag(bool value) { return value ? "1" : "0"; }

private:
    redis::keys keys_;
    call call_;
};

}  // namespace coterie::redis

#endif
