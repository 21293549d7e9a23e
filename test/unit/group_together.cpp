// Joins and leaves that one connector makes at once: one request, one event, and an answer to each caller.
#include "group_reader.hpp"

using namespace unit;

BOOST_FIXTURE_TEST_SUITE(group_together, world)

BOOST_AUTO_TEST_CASE(what_comes_together_is_one_event)
{
    auto& a = make("a");
    auto& b = make("b");
    reader reads{ok(b->async_watch())};
    ok(a->async_join());
    reads.read_on();
    settle();
    reads.news();
    auto const changes_of = [&](auto operation) {
        std::vector<decltype(start(operation(0)))> all;
        for (int i = 0; i < 600; ++i)
            all.push_back(start(operation(i)));
        count_requests();
        requests = 0;
        BOOST_TEST(run_until([&] { return std::ranges::all_of(all, [](auto const& each) { return each->good(); }); }, 1s));
        settle();
        return all;
    };
    changes_of([&](int i) { return a->async_join(std::to_string(i), std::to_string(i)); });
    BOOST_TEST(requests == 3);  // 256 at most
    BOOST_TEST(reads.members().size() == 601U);
    auto const left = changes_of([&](int i) { return a->async_leave(std::to_string(2 * i)); });
    BOOST_TEST(requests == 2);
    for (int i = 0; i < 600; ++i)
        BOOST_TEST(left.at(static_cast<std::size_t>(i))->value == (i < 300));
    BOOST_TEST(reads.members().size() == 301U);
}

BOOST_AUTO_TEST_CASE(of_those_who_come_together_each_may_go)
{
    auto& a = make("a");
    auto const first = start(a->async_join("1"));
    auto const second = start(a->async_join("2"));
    auto const third = start(a->async_join("3"));
    fail_next("join", {.delay = 100ms});
    run_for(50ms);
    second->cancel.emit(asio::cancellation_type::total);
    run_for(1s);
    BOOST_TEST((first->good() && third->good()));
    BOOST_TEST((second->error == asio::error::operation_aborted));
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"1", "3"}), boost::test_tools::per_element());

    fail_next("join", {.what = testing::request_fault::kind::refuse});
    auto const refused = start(a->async_join("4"));
    auto const refused_too = start(a->async_join("5"));
    run_for(1s);
    BOOST_TEST((refused->error == errc::refused && refused_too->error == errc::refused));
    BOOST_TEST(names_of(ok(a->async_members())) == (names{"1", "3"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
