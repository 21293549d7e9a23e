// stores: redis valkey
// The same random operations on a memoised result in memory and on a real server: every reply and all news must be the same.
#include "../support/two_sides.hpp"

#include "src/store/address.hpp"

#include <array>

namespace coterie::test {
namespace {

struct memo_differ : two_sides
{
    explicit memo_differ(std::uint64_t seed) : two_sides{seed, store::memo_entry("likes", "kristoff")} {}

    void step();
    void compare_all();

private:
    std::string bytes() { return chance(3) ? std::string(store::news::most + below(2), 'x') : value(); }
    milliseconds life() { return chance(20) ? milliseconds{} : length(); }

    // Mostly the newest: an old one is refused, as all but one are.
    std::size_t a_fence() { return chance(70) && memory.fences() > 0 ? memory.fences() - 1 : below(memory.fences() + 1); }

    void look(milliseconds lease);
    void publish();
    void keep(milliseconds ttl, milliseconds stale);

    strings const tokens{"token_of_number1", "token_of_number2"};
    int compared = 0;
};

void memo_differ::look(milliseconds lease)
{
    auto const token = chance(20) ? std::string{} : any(tokens);
    both_once([&, refresh = chance(50)](side const&) { return store::memo_look{token, lease, refresh}; });
}

void memo_differ::publish()
{
    std::array const kinds{store::memo_kind::value, store::memo_kind::negative, store::memo_kind::failed};
    store::memo_publish result{any(tokens), 0, kinds[below(kinds.size())], bytes(), life(), life(), milliseconds{below(1000)}};
    both([&, fence = a_fence()](side const& at) {
        result.fence = at.fence(fence);
        return result;
    });
}

void memo_differ::keep(milliseconds ttl, milliseconds stale)
{
    auto const kind = chance(50) ? store::memo_kind::value : store::memo_kind::negative;
    store::memo_store const result{kind, bytes(), ttl, stale, milliseconds{below(1000)}};
    both([&](side const&) { return result; });
}

void memo_differ::step()
{
    auto const what = below(1000);
    auto const token = any(tokens);
    if (what < 350)
        look(length());
    else if (what < 650)
        publish();
    else if (what < 730)
        both([&, fence = a_fence()](side const& at) { return store::memo_release{token, at.fence(fence)}; });
    else if (what < 830)
        both([&, fence = a_fence(), lease = length()](side const& at) { return store::memo_renew{token, at.fence(fence), lease}; });
    else if (what < 890)
        keep(life(), life());
    else if (what < 930)
        both([](side const&) { return store::memo_erase{}; });
    else if (what < 990)
    {
        if (chance(50))
            keep(1ms, chance(50) ? 1ms : length());
        else
            both([](side const&) { return store::memo_erase{}; });
        let_pass(5ms);
        look(1ms);
        let_pass(5ms);
    }
    else
        lose_data();
}

void memo_differ::compare_all()
{
    auto const last = "the end " + std::to_string(++compared);
    both_once([&](side const&) { return store::memo_store{store::memo_kind::value, last, 1h, {}, {}}; });
    require_same(memory.news_until(last), server.news_until(last));
    server.on().teardown();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memo_differential)

BOOST_AUTO_TEST_CASE(the_same_on_memory_and_on_a_server)
{
    compare_sides<memo_differ>(20, 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
