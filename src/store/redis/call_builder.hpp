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

// Of a script, where the compiler wants to know it.
template <std::size_t Size>
struct script_name
{
    constexpr script_name(char const (&name)[Size]) { std::copy_n(name, Size, text); }

    char text[Size];
};

class call_builder
{
public:
    explicit call_builder(std::string_view address) : keys_{address} {}

protected:
    redis::keys const& keys() const { return keys_; }

    template <script_name Name>
    void begin(std::size_t keys)
    {
        static script const& named = find_script(Name.text);
        call_.what = &named;
        call_.words.reserve(keys + 10, 64 * keys + 128);
        add(number(keys));
    }

    template <class... Words>
    void add(Words const&... words)
    {
        (add_one(words), ...);
    }

    void containers(std::initializer_list<std::string_view> names)
    {
        for (auto const name : names)
            add(keys_.of(name));
    }

    call take() { return std::move(call_); }

    static std::string number(std::uint64_t value) { return std::to_string(value); }
    // Each operation has one: the contract suite calls them all.
    static script const& find_script(std::string_view name)
    {
        auto const all = all_scripts();
        return *std::ranges::find(all, name, &script::name);
    }

    static std::string number(std::chrono::milliseconds value) { return std::to_string(value.count()); }
    static std::string flag(bool value) { return value ? "1" : "0"; }

private:
    void add_one(std::string_view word) { call_.words.add(word); }
    void add_one(key const& name) { call_.words.add(keys_.prefix(), name.kind, name.rest); }

    redis::keys keys_;
    call call_;
};

}  // namespace coterie::redis

#endif
