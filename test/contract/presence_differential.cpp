// stores: redis valkey
// The same random operations of a presence space on memory and on a real server: every reply and the end must be the same, and on each
// side the events must tell what a look tells.
//
// A failure names its seed and step.
#include "presence.hpp"

#include "../support/seeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

namespace coterie::test {
namespace {

using store::presence_state;

constexpr std::uint64_t default_seeds = 20;
constexpr int steps = 200;

struct party_to_it
{
    explicit party_to_it(std::string const& kind) : on{kind} {}

    bench on;
    client through{on, store::presence_shard("seed", 0)};
    std::map<std::string, presence_state> folded{};
    core::revision reached = 0;

    // To ten minutes, as seen from now.
    std::string words(core::server_time time) const
    {
        return std::to_string(std::chrono::round<std::chrono::duration<int, std::ratio<600>>>(time - on.now()).count());
    }

    std::string words(presence_state const& state) const
    {
        auto const known = state.what != status::unknown;
        return fmt::format("{} since {} seen {} by '{}' '{}' '{}'", to_string(state.what), known ? words(state.since) : "never",
                           known ? words(state.last_seen) : "never", state.source, state.text, state.value);
    }

    void fold()
    {
        for (;;)
        {
            auto const page = through.history(reached);
            BOOST_REQUIRE(!page->compacted);
            for (auto const& event : page->events)
                for (auto const& change : event.changes)
                {
                    auto const state = core::to_state(change.member);
                    BOOST_REQUIRE(state.has_value());
                    folded[change.member.name] = *state;
                }
            if (page->events.empty())
                return;
            reached = page->events.back().id;
        }
    }
};

struct presence_differ
{
    explicit presence_differ(std::uint64_t seed) : random{seed} {}

    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random); }
    bool chance(std::size_t percent) { return below(100) < percent; }
    milliseconds length() { return milliseconds{std::chrono::hours{1 + below(3)}}; }
    std::string word() { return std::string(below(3), static_cast<char>('x' + below(2))); }

    strings some()
    {
        strings result;
        for (auto const& id : ids)
            if (chance(40))
                result.push_back(id);
        return result;
    }

    template <class Operation>
    void both(char const* name, Operation const& operation)
    {
        auto const a = memory.through(operation);
        auto const b = server.through(operation);
        last = name;
        BOOST_REQUIRE_MESSAGE(a.error == b.error, name);
        BOOST_REQUIRE_MESSAGE(a->changed == b->changed, name << ": " << a->changed << " and " << b->changed);
    }

    void step()
    {
        auto const& source = sources[below(sources.size())];
        auto const what = below(100);
        if (what < 45)
        {
            store::appear operation{how, source, length(), some()};
            if (chance(40))
                operation.what = static_cast<status>(2 + below(4));
            if (chance(20))
                operation.text = word();
            if (chance(20))
                operation.value = word();
            both("appear", operation);
        }
        else if (what < 65)
            both("disappear", store::disappear{how, chance(20) ? std::nullopt : std::optional{source}, some()});
        else if (what < 75)
            both("lapse", store::lapse{how});
        else if (what < 80)
            both("change_party", store::change_party{"p", some(), some()});
        else if (what < 95)  // short lives
        {
            both("short appear", store::appear{{0ms, how.forget}, source, 1ms, some()});
            pass(5ms);
        }
        else
            how.linger = chance(50) ? 0ms : 1h;
        compare();
    }

    void pass(milliseconds time)
    {
        memory.on.let_pass(time);
        server.on.let_pass(time);
    }

    void compare()
    {
        auto const here = memory.through(store::look_up{how, ids});
        auto const there = server.through(store::look_up{how, ids});
        for (std::size_t i = 0; i < ids.size(); ++i)
        {
            auto const a = memory.words(here->states[i]);
            auto const b = server.words(there->states[i]);
            BOOST_REQUIRE_MESSAGE(a == b, last << ", " << ids[i] << ": " << a << ", but the server: " << b);
        }
        BOOST_REQUIRE(memory.through(store::head_count{how})->count == server.through(store::head_count{how})->count);
        for (auto* const side : {&memory, &server})
        {
            auto const states = side->through(store::look_up{how, ids});
            side->fold();
            for (std::size_t i = 0; i < ids.size(); ++i)
            {
                auto told = side->folded[ids[i]];
                auto const& seen = states->states[i];
                if (seen.what > status::offline)
                    told.last_seen = seen.last_seen;
                told.source = seen.source;
                BOOST_REQUIRE_MESSAGE(told == seen,
                                      last << ", " << ids[i] << ": told " << side->words(told) << ", seen " << side->words(seen));
            }
        }
    }

    std::mt19937_64 random;
    party_to_it memory{"memory"};
    party_to_it server{store_kind()};
    store::presence_tempo how{.linger = 0ms, .forget = std::chrono::hours{100}};
    std::string last;
    strings const ids{"a", "b", "long id", std::string{"\0z", 2}};
    strings const sources{"", "s1", "s2"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(presence_differential)

BOOST_AUTO_TEST_CASE(the_same_on_memory_and_on_a_server)
{
    for (auto const seed : seeds(default_seeds))
    {
        presence_differ both{seed};
        for (int step = 0; step < steps; ++step)
        {
            BOOST_TEST_INFO_SCOPE("COTERIE_SEED=" << seed << " COTERIE_SEEDS=1, step " << step);
            both.step();
        }
        both.server.on.teardown();
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
