// Memory and a real server side by side: the same random operations to both, and every answer must be the same.
//
// A failure names its seed and step.
#ifndef COTERIE_TEST_SUPPORT_TWO_SIDES_HPP
#define COTERIE_TEST_SUPPORT_TWO_SIDES_HPP

#include "fixture.hpp"
#include "seeds.hpp"
#include "side.hpp"

#include "src/store/memory/operation_name.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

namespace coterie::test {

struct two_sides
{
    explicit two_sides(std::uint64_t seed, std::string const& address = "g")
        : random{seed}
        , memory{"memory", address}
        , server{store_kind(), address}
    {
    }

    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random); }
    bool chance(std::size_t percent) { return below(100) < percent; }

    std::string const& any(strings const& from) { return from[below(from.size())]; }
    std::string value() { return chance(20) ? std::string{} : std::string(1 + below(3), static_cast<char>('a' + below(3))); }
    milliseconds length() { return milliseconds{std::chrono::hours{1 << below(3)}}; }  // none is two thirds of another: see store::open

    // The same operation to both, sometimes twice; `make` is given the side, for fences and revisions are each side's own.
    template <class Make>
    void both(Make make)
    {
        for (int times = chance(10) ? 2 : 1; times > 0; --times)
            both_once(make);
    }

    template <class Make>
    void both_once(Make make)
    {
        auto const operation = make(memory);
        auto const a = memory.say(operation);
        auto const b = server.say(make(server));
        said.push_back(std::string{store::memory::operation_name(store::operation{operation})} + ": " + a);
        BOOST_REQUIRE_MESSAGE(a == b, recent() << "but the server: " << b);
    }

    void let_pass(milliseconds time)
    {
        memory.on().let_pass(time);
        server.on().let_pass(time);
    }

    void lose_data()
    {
        for (auto* const each : {&memory, &server})
        {
            each->on().let_pass(2ms);  // virtual time stands still, and numbers that grow by time must be past the old ones
            each->on().lose_data();
        }
    }

    void require_same(strings const& here, strings const& there)
    {
        auto const [one, other] = std::ranges::mismatch(here, there);
        BOOST_REQUIRE_MESSAGE(here == there, recent() << (one == here.end() ? "nothing" : *one)
                                                      << "\n    but the server: " << (other == there.end() ? "nothing" : *other));
    }

    // The last replies, for a failure's message.
    std::string recent() const
    {
        std::string result;
        for (auto at = said.size() < 8 ? 0 : said.size() - 8; at < said.size(); ++at)
            result += "\n    " + said[at];
        return result + "\n    ";
    }

    std::mt19937_64 random;
    side memory;
    side server;
    strings said;
};

// `Differ` is made of a seed, and has step() and compare_all().
template <class Differ>
void compare_sides(std::uint64_t default_seeds, int steps)
{
    for (auto const seed : seeds(default_seeds))
    {
        Differ both{seed};
        for (int step = 0; step < steps; ++step)
        {
            BOOST_TEST_INFO_SCOPE("COTERIE_SEED=" << seed << " COTERIE_SEEDS=1, step " << step);
            both.step();
            if (step % 50 == 49)
                both.compare_all();
        }
    }
}

}  // namespace coterie::test

#endif
