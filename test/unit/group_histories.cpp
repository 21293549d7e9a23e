// Random histories, each from a seed: connectors join, leave, update, stall, crash and come back, under every fault of the network.
// In the end each reader knows exactly the members, and never saw one join who was there or leave who was not (see group_reader.hpp).
#include "group_reader.hpp"
#include "test/support/seeds.hpp"

#include <random>

using namespace unit;

namespace {

// All that a stream tells of: when somebody joined may change unseen, if he left and came back, or another has his name.
std::vector<coterie::member> without_times(std::vector<coterie::member> members)
{
    for (auto& each : members)
        each.joined_at = {};
    return members;
}

struct history : world
{
    static constexpr int programs = 4;

    explicit history(std::uint64_t seed) : random{seed}
    {
        for (int i = 0; i < programs; ++i)
            members.push_back(&make("p" + std::to_string(i)));
        server.on_push([this](testing::push const&) {
            using kind = testing::push_fault::kind;
            testing::push_fault what;
            what.what = !faults ? kind::none : one_in(5) ? kind::drop : one_in(5) ? kind::duplicate : kind::none;
            what.delay = faults && one_in(10) ? 700ms : 0ms;
            return what;
        });
        server.on_request([this](testing::request const&) {
            testing::request_fault what;
            if (faults && one_in(40))
                what.what = static_cast<fault>(1 + below(6));
            if (faults && one_in(20))
                what.delay = std::chrono::milliseconds{below(800)};
            return what;
        });
    }

    ~history() { server.on_push({}); }

    int below(int limit) { return std::uniform_int_distribution<>{0, limit - 1}(random); }
    bool one_in(int n) { return below(n) == 0; }

    void open_reader(process& who)
    {
        coterie::watch_options options;
        options.buffer = one_in(2) ? 1 : 256;
        auto const opened = end_of(who->async_watch(options));
        if (opened->error)
            return;
        readers.push_back(std::make_unique<reader>(std::move(opened->value)));
        if (one_in(2))
            readers.back()->read_on();
    }

    void act()
    {
        auto& who = *members[static_cast<std::size_t>(below(programs))];
        auto const name = "m" + std::to_string(below(5));
        auto const value = std::to_string(below(3));
        switch (below(12))
        {
        case 0:
        case 1:
        case 2: start(who->async_join(name, value)); break;
        case 3:
        case 4: start(who->async_leave(name)); break;
        case 5: start(who->async_update(name, value)); break;
        case 6: who.runs = one_in(2); break;  // stops, or comes back
        case 7: server.disconnect_all(); break;
        case 8:
            if (one_in(10))
                server.lose_data();
            break;
        case 9:
            if (readers.size() < 8 && who.runs)
                open_reader(who);
            break;
        default:
            for (auto& each : readers)
                if (one_in(3))
                    each->ask();
        }
        run_for(std::chrono::milliseconds{below(2000)});
    }

    std::mt19937 random;
    bool faults = true;
    std::vector<process*> members;
    std::vector<std::unique_ptr<reader>> readers;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(group_histories)

BOOST_AUTO_TEST_CASE(every_reader_ends_with_the_members)
{
    std::size_t compared = 0;
    for (auto const seed : coterie::test::seeds(60))
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            history h{seed};
            for (int i = 0; i < 80; ++i)
                h.act();
            h.faults = false;
            auto& crashed = *h.members.back();
            crashed.runs = false;
            for (auto* each : h.members)
                if (each != &crashed)
                    each->runs = true;
            h.run_for(30s);
            crashed.runs = true;  // its readers may read to the end, too
            h.run_for(30s);       // whatever was lost is made good
            auto const members = without_times(h.ok(h.members.front()->group->async_members()));
            for (auto& each : h.readers)
                each->read_on();
            h.settle();
            for (auto& each : h.readers)
            {
                BOOST_TEST((without_times(each->records()) == members));
                ++compared;
            }
        }
    BOOST_TEST(compared > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
