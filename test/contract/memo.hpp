// Those who look at a memoised result and generate it.
#ifndef COTERIE_TEST_CONTRACT_MEMO_HPP
#define COTERIE_TEST_CONTRACT_MEMO_HPP

#include "../support/fixture.hpp"

#include "src/store/address.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace coterie::test {

struct memo_fixture : bench
{
    using kind_of_result = store::memo_kind;

    // How long a result is fresh, and stale after that.
    struct life
    {
        milliseconds ttl = 1min;
        milliseconds stale{};
    };

    // Callers are told apart by a character.
    static std::string token(char who) { return std::string(16, who); }

    outcome<store::memo_look> look() { return c(store::memo_look{}); }

    outcome<store::memo_look> ask(char who, milliseconds lease = 1min, bool refresh = false)
    {
        return c(store::memo_look{token(who), lease, refresh});
    }

    outcome<store::memo_look> refresh(char who) { return ask(who, 1min, true); }

    // The fence of a lease that is given.
    std::uint64_t begin(char who, milliseconds lease = 1min)
    {
        auto const asked = ask(who, lease);
        BOOST_REQUIRE(asked->generates.has_value());
        BOOST_TEST(!asked->busy_until.has_value());
        return *asked->generates;
    }

    outcome<store::memo_publish> publish(char who, std::uint64_t fence, std::string bytes, life how_long = {1min, {}},
                                         kind_of_result kind = kind_of_result::value)
    {
        return c(store::memo_publish{token(who), fence, kind, std::move(bytes), how_long.ttl, how_long.stale, 42ms});
    }

    outcome<store::memo_publish> fail(char who, std::uint64_t fence, std::string text)
    {
        return publish(who, fence, std::move(text), {}, kind_of_result::failed);
    }

    outcome<store::memo_release> release(char who, std::uint64_t fence) { return c(store::memo_release{token(who), fence}); }

    outcome<store::memo_renew> renew(char who, std::uint64_t fence, milliseconds lease = 1min)
    {
        return c(store::memo_renew{token(who), fence, lease});
    }

    outcome<store::memo_store> put(std::string bytes, life how_long = {1min, {}}, kind_of_result kind = kind_of_result::value)
    {
        return c(store::memo_store{kind, std::move(bytes), how_long.ttl, how_long.stale, 42ms});
    }

    outcome<store::memo_erase> erase() { return c(store::memo_erase{}); }

    // "fresh 1", "stale 1", "fresh negative 1"; "nothing".
    static std::string shown(store::memo_look::reply const& seen)
    {
        if (!seen.found)
            return "nothing";
        return (seen.now < seen.found->fresh_until ? "fresh " : "stale ") + std::string{seen.found->negative ? "negative " : ""} +
               seen.found->value;
    }

    std::string found() { return shown(*look()); }

    client c{*this, store::memo_entry("likes", "kristoff")};
};

}  // namespace coterie::test

#endif
