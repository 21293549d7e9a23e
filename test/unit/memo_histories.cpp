// Random lives: many programs that get, change and invalidate, on a store that loses, delays and repeats. What a get gives must have been right at
// some time after it began; with a local cache: at most its local_ttl before. Where nothing fails or
// changes, only one generates at a time.
#include "memo_world.hpp"
#include "test/support/seeds.hpp"

#include <random>

using namespace unit;

namespace {

class life : public memo_world
{
public:
    explicit life(std::uint64_t seed) : seed_{seed}, random_{seed}, hostile_{seed % 3 != 0}, quiet_{seed % 9 == 0}, cached_{seed % 2 == 0}
    {
    }

    void run()
    {
        memo_config config;
        config.lock_timeout = 2s;
        config.local_entries = cached_ ? 2 : 0;
        config.local_ttl = local_ttl;
        config.fail_open = seed_ % 5 == 0;
        config.early_refresh = seed_ % 4 == 1 && !quiet_ ? 1 : 0;
        for (std::uint64_t i = 0; i < 3; ++i)
        {
            coterie::client_config how;
            how.seed = seed_ * 10 + i;
            how.response_timeout = 300ms;
            how.timeout = 2s;
            auto& one = part(config, how);
            parts_.push_back({&one, &last()});
        }
        if (hostile_)
            be_hostile();
        for (int i = 0; i < 120; ++i)
        {
            act();
            run_for(std::chrono::milliseconds{chance(2) ? 0 : draw(150)});
        }
        server.on_request({});
        server.on_push({});
        BOOST_TEST(run_until([&] { return open_ == 0; }, 10min), "seed " << seed_ << ": " << open_ << " were never answered");
        BOOST_TEST(answers_ > 10, "seed " << seed_);
        if (quiet_)
            BOOST_TEST(most_running <= static_cast<int>(std::size(ids)), "seed " << seed_);
    }

private:
    static constexpr auto local_ttl = 500ms;
    static constexpr std::string_view ids[] = {"x", "y"};

    struct program
    {
        memo* part;
        process* runs;
    };

    // What is true of an id, and since when everybody must know: the end of the invalidation that followed.
    struct truth
    {
        int version = 0;
        std::vector<std::pair<coterie::clock::time_point, int>> known{};
    };

    int draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool chance(int one_in) { return draw(one_in) == 0; }

    void be_hostile()
    {
        server.on_request([this](testing::request const&) {
            testing::request_fault result;
            static constexpr fault kinds[] = {fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after};
            if (chance(40))
                result.what = kinds[draw(4)];
            if (chance(4))
                result.delay = std::chrono::milliseconds{draw(80)};
            return result;
        });
        server.on_push([this](testing::push const&) {
            testing::push_fault result;
            if (chance(8))
                result.what = chance(2) ? testing::push_fault::kind::drop : testing::push_fault::kind::duplicate;
            if (chance(3))
                result.delay = std::chrono::milliseconds{draw(400)};
            return result;
        });
    }

    void act()
    {
        auto const& by = parts_[static_cast<std::size_t>(draw(3))];
        auto const which = static_cast<std::size_t>(draw(2));
        switch (draw(12))
        {
        case 0:
        case 1: return quiet_ ? get(by, which) : change(by, which);
        case 2:
            if (hostile_)
                server.disconnect_all();
            return;
        case 3:
            if (hostile_ && chance(6) && parts_[0].runs->runs)
                parts_[0].runs->runs = false;  // with SIGKILL
            return;
        default: return get(by, which);
        }
    }

    // First the truth, then the invalidation: who begins after that must not see what was before.
    void change(program const& by, std::size_t which)
    {
        if (!by.runs->runs)
            return;
        auto const version = ++truths_[which].version;
        bool const dies = by.runs == parts_[0].runs;
        open_ += dies ? 0 : 1;
        by.part->async_invalidate(ids[which], [this, which, version, dies](error_code error, bool) {
            open_ -= dies ? 0 : 1;
            if (!error)
                truths_[which].known.emplace_back(clock->now(), version);
        });
    }

    int oldest_allowed(std::size_t which, coterie::clock::time_point when) const
    {
        int result = 0;
        for (auto const& [since, version] : truths_[which].known)
            if (since <= when)
                result = std::max(result, version);
        return result;
    }

    void get(program const& by, std::size_t which)
    {
        if (!by.runs->runs)
            return;
        bool const dies = by.runs == parts_[0].runs;
        auto const allowed = oldest_allowed(which, cached_ ? clock->now() - local_ttl : clock->now());
        auto generate = [this, which]() -> asio::awaitable<memo_result> {
            ++running;
            most_running = std::max(most_running, running);
            auto const seen = std::to_string(truths_[which].version);
            auto const [cut] = co_await testing::async_sleep(clock, std::chrono::milliseconds{draw(300)},
                                                             asio::as_tuple(asio::use_awaitable));
            --running;
            if (cut)
                throw boost::system::system_error{cut};
            if (chance(8))
                throw std::runtime_error{"told to fail"};
            co_return memo_result{seen, std::chrono::milliseconds{1 + draw(3000)}};
        };
        auto const cancel = std::make_shared<asio::cancellation_signal>();
        open_ += dies ? 0 : 1;
        auto handler = [this, allowed, which, dies, cancel](std::exception_ptr error, std::optional<std::string> value) {
            open_ -= dies ? 0 : 1;
            answers_ += error ? 0 : 1;
            if (!error)
                BOOST_TEST(std::stoi(*value) >= allowed,
                           "seed " << seed_ << ": " << *value << " of " << ids[which] << ", and it was " << allowed << " already");
        };
        by.part->async_get(ids[which], 20s, generate, {.refresh = chance(6)},
                           asio::bind_cancellation_slot(cancel->slot(), std::move(handler)));
        if (chance(5))
            clock->schedule(clock->now() + std::chrono::milliseconds{draw(200)},
                            asio::bind_executor(by.runs->io, [cancel] { cancel->emit(asio::cancellation_type::terminal); }));
    }

    std::uint64_t seed_;
    std::mt19937_64 random_;
    bool hostile_;
    bool quiet_;  // nothing fails or changes, so one generates at a time
    bool cached_;
    std::vector<program> parts_;
    truth truths_[2];
    int open_ = 0;
    int answers_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(memo_histories)

BOOST_AUTO_TEST_CASE(no_get_gives_what_was_outdated_when_it_began)
{
    for (auto const seed : coterie::test::seeds(60))
        life{seed}.run();
}

BOOST_AUTO_TEST_SUITE_END()
