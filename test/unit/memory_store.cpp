#include "memory_world.hpp"

#include <cstdint>
#include <thread>

using namespace memory_unit;

BOOST_FIXTURE_TEST_SUITE(memory_store, server_world)

BOOST_AUTO_TEST_CASE(nothing_is_sent_before_the_connection_is_up)
{
    auto const early = one.submit(one.open());
    settle();
    BOOST_TEST((early->error == errc::not_connected));
    BOOST_TEST(one.ups == 1);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(an_idle_store_leaves_no_timer)
{
    settle();
    auto const opened = one.submit(one.open());
    settle();
    BOOST_TEST(opened->as<store::open>().seen.leases == 1);
    BOOST_TEST(clock->timers() == 0);
}

BOOST_AUTO_TEST_CASE(events_come_to_all_who_watch)
{
    client two{io, clock, server.url()};
    settle();
    auto const watching = two.watch();
    one.submit(one.open());
    auto const joined = one.submit(one.join("m"));
    one.submit(one.join("m"), "other");
    settle();
    BOOST_TEST(watching->times == 1);
    BOOST_REQUIRE(two.events.size() == 1);
    BOOST_TEST((two.events[0] == joined->as<store::join>().event));
    BOOST_TEST(one.events.empty());

    two.made->unwatch({"g"});
    one.submit(one.join("n"));
    settle();
    BOOST_TEST(two.events.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_watch_lasts_over_reconnects_and_tells_the_gap)
{
    auto const early = one.watch();
    settle();
    BOOST_TEST((early->error == errc::not_connected));
    BOOST_TEST(one.gaps == 1);
    server.disconnect_all();
    clock->run_until(io, [&] { return one.gaps == 2; });
    one.submit(one.open());
    one.submit(one.join("m"));
    settle();
    BOOST_TEST(one.events.size() == 1);
}

BOOST_AUTO_TEST_CASE(stop_ends_everything)
{
    settle();
    server.freeze();
    auto const opened = one.submit(one.open());
    auto const watching = one.watch();
    one.made->stop();
    auto const after = one.submit(one.beat());
    settle();
    for (auto const& each : {opened, watching, after})
    {
        BOOST_TEST(each->times == 1);
        BOOST_TEST((each->error == errc::closed));
    }
    BOOST_TEST(clock->timers() == 0);
    BOOST_TEST(server.connections() == 0);
    server.thaw();
    clock->run(io);
    BOOST_TEST(one.ups == 1);
    BOOST_TEST(one.downs == 0);
    BOOST_TEST(opened->times == 1);
}

BOOST_AUTO_TEST_CASE(groups_nobody_touches_any_more_are_forgotten)
{
    settle();
    for (int i = 0; i < 50; ++i)
    {
        one.submit(one.open(), "g" + std::to_string(i));
        one.submit(one.join("m"), "g" + std::to_string(i));
    }
    settle();
    BOOST_TEST(server.groups().size() == 50);
    clock->advance(69s);
    BOOST_TEST(server.groups().size() == 50);
    clock->advance(1s);
    BOOST_TEST(server.groups().empty());
    for (int i = 0; i < 60; ++i)
        one.submit(one.open(), "other");
    settle();
    BOOST_TEST(server.dump("g7").empty());
}

BOOST_AUTO_TEST_CASE(a_fence_outlives_its_group_by_a_day)
{
    settle();
    constexpr std::uint64_t ahead = 9'000'000'000'000'000;  // of every time
    auto const next_fence = [&](std::uint64_t floor) {
        one.submit(store::open{one.who(), 10s, false, floor});
        auto const locked = one.submit(store::lock{one.who(), "l", "m"});
        one.submit(store::close{one.who()});
        settle();
        return locked->as<store::lock>().fence;
    };
    BOOST_TEST(next_fence(ahead) == ahead + 1);
    BOOST_TEST(server.groups().empty());
    clock->advance(23h);
    BOOST_TEST(next_fence(0) == ahead + 2);
    clock->advance(25h);
    BOOST_TEST(next_fence(0) < ahead);
}

BOOST_AUTO_TEST_CASE(a_step_of_the_time_of_day_ends_no_lease_a_step_of_the_server_does)
{
    settle();
    one.submit(one.open());
    settle();
    clock->step_wall(24h);
    auto const alive = one.submit(one.beat());
    settle();
    alive->as<store::beat>();
    server.step_time(10s);
    auto const dead = one.submit(one.beat());
    settle();
    BOOST_TEST((dead->error == errc::lost));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory_store_lifetimes)

// A handler under way owns the store that keeps it.
BOOST_AUTO_TEST_CASE(the_context_takes_operations_along)
{
    auto const clock = std::make_shared<testing::virtual_clock>();
    testing::memory_server server{clock};
    auto const owned = std::make_shared<int>();
    {
        asio::io_context io;
        auto const one = std::make_shared<client>(io, clock, server.url());
        clock->run_for(io, 0s);
        server.freeze();
        one->made->submit("g", one->open(), [one, owned](error_code, store::reply) {});
    }
    BOOST_TEST(owned.use_count() == 1);
    BOOST_TEST(server.connections() == 0);
    server.thaw();
}

BOOST_AUTO_TEST_CASE(names_are_shared_in_the_process_and_private_ones_are_not)
{
    asio::io_context io;
    auto const clock = std::make_shared<testing::virtual_clock>();
    client a{io, clock, "memory:shared-by-two"};
    client b{io, clock, "memory:shared-by-two"};
    client c{io, clock, "memory:"};
    clock->run_for(io, 0s);
    a.submit(store::put{{}, "p", "v", store::lifetime::persistent, {}, false});
    auto const in_b = b.submit(store::get{"p"});
    auto const in_c = c.submit(store::get{"p"});
    clock->run_for(io, 0s);
    BOOST_TEST((in_b->as<store::get>().value == "v"));
    BOOST_TEST(!in_c->as<store::get>().value);
}

BOOST_AUTO_TEST_CASE(clients_on_threads_of_their_own_share_a_server)
{
    struct side
    {
        asio::io_context io;
        client one{io, coterie::make_clock(io.get_executor()), "memory:shared-by-threads"};
        int left = 500;
        std::uint64_t largest = 0;

        void next(error_code error, store::reply reply)
        {
            if (error)
                return one.made->stop();
            if (auto const* locked = std::get_if<store::lock::reply>(&reply))
                largest = std::max(largest, locked->fence);
            if (left-- == 0)
                return one.made->stop();
            store::lock what{{one.who()}, "l" + std::to_string(left), "m"};
            what.who.session = std::to_string(reinterpret_cast<std::uintptr_t>(this) % 1'000'000'000 + 9'000'000'000'000'000);
            if (left == 499)
                submit(store::open{what.who, 10s, false, 0});
            else
                submit(std::move(what));
        }
        void submit(store::operation what)
        {
            one.made->submit("g", std::move(what), asio::bind_executor(one.strand, [this](error_code error, store::reply reply) {
                                 next(error, std::move(reply));
                             }));
        }
        void run()
        {
            while (one.ups == 0)
                io.run_one();
            next({}, {});
            io.run();
        }
    };
    side a;
    side b;
    std::thread other{[&] { b.run(); }};
    a.run();
    other.join();
    BOOST_TEST(a.left == -1);
    BOOST_TEST(b.left == -1);
    BOOST_TEST(a.largest != b.largest);
}

BOOST_AUTO_TEST_SUITE_END()
