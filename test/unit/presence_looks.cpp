// What is looked up may be older than an event that came before its reply; and what is missed is found, at once.
#include "presence_world.hpp"

using namespace unit;

namespace {

class looks : public presence_world
{
public:
    looks() { ok(a.async_online("somebody")); }  // nobody begins at nothing

    // The next reply to this comes late; pushes overtake it.
    void delay_reply(std::string operation)
    {
        testing::request_fault late;
        late.reply_delay = 300ms;
        fail_next(std::move(operation), late);
    }

    // A stream whose opening takes that long, and what happens meanwhile.
    template <class Operation>
    coterie::presence_events opened_while(coterie::presence& by, Operation happens)
    {
        auto const opening = start(by.async_watch());
        run_for(100ms);
        ok(std::move(happens));
        run_for(1s);
        BOOST_REQUIRE(opening->good());
        return std::move(opening->value);
    }

    coterie::presence& a = space(one_shard());
    coterie::presence& b = space(one_shard());

private:
    static presence_config one_shard()
    {
        presence_config config;
        config.shards = 1;
        config.linger = 0ms;
        return config;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence_looks, looks)

BOOST_AUTO_TEST_CASE(one_that_comes_late_hides_no_newer_event)
{
    ok(a.async_set_status("ann", status::busy));
    presence_reader some{ok(b.async_watch("ann"))};
    some.read_on();
    settle();
    BOOST_TEST(some.news() == names{"ann=busy"});
    delay_reply("roll_call");
    presence_reader all{opened_while(b, a.async_set_status("ann", status::away))};
    all.read_on();
    settle();
    BOOST_TEST(all.folded["ann"].status == status::away);
    BOOST_TEST(some.news() == names{"ann=away"});
}

BOOST_AUTO_TEST_CASE(one_that_comes_late_brings_back_nobody_who_has_gone)
{
    ok(a.async_online("ann"));
    delay_reply("roll_call");
    presence_reader all{opened_while(b, a.async_offline("ann"))};
    all.read_on();
    settle();
    BOOST_TEST(all.folded.contains("somebody"));
    BOOST_TEST(all.folded["ann"].status <= status::offline);
}

BOOST_AUTO_TEST_CASE(who_has_gone_is_not_kept_to_be_looked_up)
{
    auto& reads = last();
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    ok(a.async_online({"ann", "bob", "cid"}));
    ok(a.async_offline({"ann", "bob", "cid"}));
    settle();
    BOOST_TEST(all.folded.size() == 4u);
    int looked = 0;
    server.on_request([&](testing::request const& what) {
        looked += what.operation == "look_up" ? 1 : 0;
        return testing::request_fault{};
    });
    server.lose_data();
    ok(a.async_online("somebody"));
    run_for(1s);
    BOOST_TEST(reads.count().resyncs == 1u);
    BOOST_TEST(looked == 0);
}

// What comes before it is known from which event on the stream is heard.
BOOST_AUTO_TEST_CASE(an_event_before_the_first_one_has_come_is_no_gap)
{
    auto& reads = last();
    delay_reply("look_up");
    presence_reader all{opened_while(b, a.async_online("ann"))};
    all.read_on();
    ok(a.async_online("bob"));
    settle();
    BOOST_TEST(all.folded.size() == 3u);
    BOOST_TEST(reads.count().repaired_gaps == 0u);
}

BOOST_AUTO_TEST_CASE(an_event_that_comes_while_others_are_fetched_is_told_after_them)
{
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    settle();
    all.news();
    server.drop_pushes(true);
    ok(a.async_online("ann"));
    server.drop_pushes(false);
    delay_reply("history");
    ok(a.async_online("bob"));
    run_for(100ms);
    ok(a.async_online("cid"));
    BOOST_TEST(all.news().empty());
    run_for(300ms);  // no beat makes it good
    BOOST_TEST(all.news() == (names{"ann=online", "bob=online", "cid=online"}), boost::test_tools::per_element());
}

// History comes a page at a time.
BOOST_AUTO_TEST_CASE(however_many_were_missed_all_are_told_at_once)
{
    presence_reader all{ok(b.async_watch())};
    all.read_on();
    settle();
    server.drop_pushes(true);
    std::string const text(4000, 't');
    for (int i = 0; i < 400; ++i)
        ok(a.async_set_status("ann", i % 2 == 0 ? status::busy : status::away, {.text = text}));
    ok(a.async_online("bob"));
    server.drop_pushes(false);
    ok(a.async_online("cid"));
    run_for(100ms);
    BOOST_TEST(all.folded["bob"].status == status::online);
    BOOST_TEST(all.folded["cid"].status == status::online);
    BOOST_TEST(all.resyncs == 0);
}

BOOST_AUTO_TEST_SUITE_END()
