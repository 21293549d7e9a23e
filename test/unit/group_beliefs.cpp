// What a holder believes ends before the store gives it to somebody else, however late a reply is.
#include "group_world.hpp"

using namespace unit;
using coterie::lock_state;

namespace {

class beliefs : public world
{
public:
    // Replies to these requests come a second late.
    void delay_replies(std::string operation)
    {
        server.on_request([this, operation = std::move(operation)](testing::request const& what) {
            testing::request_fault fault;
            if (what.operation == operation)
            {
                sent = clock->now();
                fault.reply_delay = 1s;
            }
            return fault;
        });
    }

    static group_config with_heartbeat(std::chrono::milliseconds heartbeat)
    {
        group_config config;
        config.heartbeat = heartbeat;
        return config;
    }

    std::optional<coterie::clock::time_point> sent;
    static constexpr auto ttl = 7500ms;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_beliefs, beliefs)

BOOST_AUTO_TEST_CASE(a_lease_counts_from_when_its_beat_was_sent)
{
    auto& a = make("a");
    auto const held = ok(a->async_try_lock("l"));
    auto const before = held->deadline();
    delay_replies("beat");
    BOOST_REQUIRE(run_until([&] { return held->deadline() > before; }, 10s));
    BOOST_TEST((clock->now() >= *sent + 1s));
    BOOST_TEST((held->deadline() <= *sent + ttl));
}

BOOST_AUTO_TEST_CASE(or_from_when_its_session_was_resumed)
{
    auto& a = make("a");
    auto const held = ok(a->async_try_lock("l"));
    auto const before = held->deadline();
    run_for(1s);
    delay_replies("open");
    server.disconnect_all();
    BOOST_REQUIRE(run_until([&] { return held->deadline() > before; }, 10s));
    BOOST_TEST((clock->now() >= *sent + 1s));
    BOOST_TEST((held->deadline() <= *sent + ttl));
}

// He gives it back at the first moment after a long stop, and does not know yet that it is lost.
BOOST_AUTO_TEST_CASE(what_is_lost_is_not_passed_on_to_the_next_of_the_same_program)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const first = start(a->async_lock("l"));
    auto const next = start(a->async_lock("l"));
    run_for(1s);
    BOOST_REQUIRE(first->good());
    BOOST_TEST(next->times == 0);
    auto const release = start(first->value.async_release());
    a.runs = false;
    run_for(8s);
    auto taken = ok(b->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    a.runs = true;
    run_for(3s);
    BOOST_TEST((release->error == errc::lost));
    BOOST_TEST(next->times == 0, next->error.message());
    BOOST_TEST((taken->state() == lock_state::held));
    ok(taken->async_release());
    run_for(1s);
    BOOST_REQUIRE(next->good());
    BOOST_TEST(next->value.fence() > taken->fence());
}

// Somebody who knew nothing of the data that were lost came first.
BOOST_AUTO_TEST_CASE(what_another_one_got_after_lost_data_is_lost)
{
    auto& a = make("a");
    auto held = ok(a->async_lock("l"));
    run_for(1s);
    a.runs = false;
    server.lose_data();
    auto& stranger = make("b");
    auto const taken = ok(stranger->async_try_lock("l"));
    BOOST_REQUIRE(taken.has_value());
    delay_replies("verify");  // the refusal is enough
    a.runs = true;
    server.disconnect_all();
    BOOST_TEST(run_until([&] { return held.state() == lock_state::lost; }, 500ms));
    BOOST_TEST(a.count().lost_locks == 1u);
    BOOST_TEST((taken->state() == lock_state::held));
}

// Nobody else will ever end them.
BOOST_AUTO_TEST_CASE(the_last_one_to_go_ends_those_who_died_before_him)
{
    auto& a = make("a", with_heartbeat(2s));
    auto& b = make("b", with_heartbeat(20s));
    ok(a->async_join("a"));
    ok(b->async_join("b"));
    fail_next("reap", {fault::refuse}, 1'000'000);
    a.runs = false;
    run_for(5s);
    server.on_request({});
    ok(b->async_close());
    BOOST_TEST(server.groups().empty());
}

BOOST_AUTO_TEST_SUITE_END()
