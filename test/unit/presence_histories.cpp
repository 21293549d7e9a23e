// Random lives of ids, on a network that loses, repeats and breaks: in the end each reader knows what the store tells.
#include "presence_world.hpp"
#include "test/support/seeds.hpp"

#include <random>

using namespace unit;

namespace {

struct history : presence_world
{
    explicit history(std::uint64_t number) : random{number} { next_seed = 100 * number; }

    unsigned below(unsigned bound) { return std::uniform_int_distribution<unsigned>{0, bound - 1}(random); }

    names some()
    {
        names result;
        for (int i = 0; i < 6; ++i)
            if (below(2) == 0)
                result.push_back("id " + std::to_string(i));
        return result;
    }

    // Nobody waits for it: several are under way at once.
    template <class Operation>
    void begin(Operation operation)
    {
        std::move(operation)([](error_code, auto&&...) {});
    }

    void trouble()
    {
        switch (below(12))
        {
        case 0: server.disconnect_all(); break;
        case 1:
            run_for(std::chrono::microseconds{1});  // no two lives of a server have events of one time
            server.lose_data();
            break;
        case 2:
            server.on_push([this](testing::push const&) {
                testing::push_fault fault;
                fault.what = static_cast<testing::push_fault::kind>(below(3));
                fault.delay = std::chrono::milliseconds{below(30)};
                return fault;
            });
            break;
        case 3:
            server.on_request([this](testing::request const&) {
                testing::request_fault fault;
                fault.delay = std::chrono::milliseconds{below(20)};
                return fault;
            });
            break;
        default: break;
        }
    }

    void act(coterie::presence& there)
    {
        static constexpr std::array<std::string_view, 3> sources{"s1", "s2", "s3"};
        auto const source = sources[below(3)];
        switch (below(5))
        {
        case 0: return begin(there.async_offline(some(), {.source = source, .all_sources = below(4) == 0}));
        case 1: return begin(there.async_set_status(some(), static_cast<status>(2 + below(4)), {.source = source, .text = "x"}));
        default: return begin(there.async_online(some(), {.source = source}));
        }
    }

    std::mt19937 random;
};

// Who reads all is told who is there, and who is no more: not of one who came and went while history was lost.
bool is_all_that_is_told_to_all(presence_reader const& all, presence_info const& seen)
{
    auto const told = all.folded.find(seen.id);
    auto const known = told == all.folded.end() ? status::unknown : told->second.status;
    return all.resyncs > 0 && seen.status == status::offline && known <= status::offline;
}

// Of one who is there the stream does not tell who says so, nor that he was seen again; and of one who is not, that he is forgotten.
bool is_same(presence_info const& told, presence_info const& seen)
{
    if (seen.status == status::unknown)
        return told.status <= status::offline;
    bool const there = seen.status > status::offline;
    return told.status == seen.status && told.since == seen.since && told.text == seen.text && (there || told.last_seen == seen.last_seen);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(presence_histories)

BOOST_AUTO_TEST_CASE(each_reader_ends_with_what_the_store_tells)
{
    names const ids{"id 0", "id 1", "id 2", "id 3", "id 4", "id 5"};
    for (auto const seed : coterie::test::seeds(60))
    {
        BOOST_TEST_INFO_SCOPE("seed " << seed);
        history h{seed};
        presence_config config;
        config.ttl = 2s;
        config.shards = 2;
        config.linger = std::chrono::milliseconds{seed % 3 * 500};
        std::vector<coterie::presence*> programs;
        for (int i = 0; i < 3; ++i)
            programs.push_back(&h.space(config));
        presence_reader all{h.ok(programs[0]->async_watch())};
        presence_reader some{h.ok(programs[1]->async_watch({"id 0", "id 3"}))};
        all.read_on();
        some.read_on();
        for (int step = 0; step < 60; ++step)
        {
            h.act(*programs[h.below(3)]);
            h.trouble();
            if (step == 30)
                h.ok(some.events().async_add({"id 1", "id 4"}));
            h.run_for(std::chrono::milliseconds{h.below(300)});
        }
        h.server.on_push({});
        h.server.on_request({});
        h.run_for(10s);
        h.act(*programs[2]);
        h.run_for(1s);
        auto const states = h.ok(programs[2]->async_status(ids));
        for (auto const& each : states)
        {
            BOOST_TEST((is_same(all.folded[each.id], each) || is_all_that_is_told_to_all(all, each)),
                       each.id << " is " << to_string(each.status) << ", all know " << to_string(all.folded[each.id].status));
            if (some.folded.contains(each.id))
                BOOST_TEST(is_same(some.folded[each.id], each),
                           each.id << " is " << to_string(each.status) << ", friends know " << to_string(some.folded[each.id].status));
        }
        BOOST_TEST(some.folded.size() == 4U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
