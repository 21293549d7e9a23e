// Bodies that run under a lock or as the leader.
#include "group_world.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <stdexcept>

using namespace unit;
using coterie::leadership;
using coterie::lock;
using coterie::lock_state;

namespace {

// What came of a body: its exception, if any.
struct finished
{
    int times = 0;
    std::exception_ptr thrown;

    void by(std::exception_ptr error)
    {
        ++times;
        thrown = std::move(error);
    }

    error_code error() const
    {
        try
        {
            if (thrown)
                std::rethrow_exception(thrown);
        }
        catch (boost::system::system_error const& e)
        {
            return e.code();
        }
        return {};
    }
};

// Waits until it is cancelled.
asio::awaitable<void> for_ever()
{
    asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max()};
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_bodies, world)

BOOST_AUTO_TEST_CASE(the_result_of_a_body_comes_through)
{
    auto& a = make("a");
    auto& b = make("b");
    int result = 0;
    finished end;
    a->async_with_lock(
        "l", [&](lock const& held) -> asio::awaitable<int> { co_return held.state() == lock_state::held ? 42 : 0; },
        [&](std::exception_ptr thrown, int value) {
            end.by(thrown);
            result = value;
        });
    run_until([&] { return end.times > 0; });
    BOOST_TEST(!end.thrown);
    BOOST_TEST(result == 42);
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(the_exception_of_a_body_comes_through)
{
    auto& a = make("a");
    auto& b = make("b");
    finished end;
    a->async_with_lock(
        "l",
        [](lock const&) -> asio::awaitable<void> {
            throw std::runtime_error{"mine"};
            co_return;
        },
        [&](std::exception_ptr thrown) { end.by(thrown); });
    run_until([&] { return end.times > 0; });
    BOOST_REQUIRE(end.thrown);
    BOOST_CHECK_THROW(std::rethrow_exception(end.thrown), std::runtime_error);
    BOOST_TEST(ok(b->async_try_lock("l")).has_value());
}

BOOST_AUTO_TEST_CASE(a_body_is_cancelled_when_its_lock_is_lost)
{
    auto& a = make("a");
    finished end;
    bool ended = false;
    ok(a->async_join());
    a->async_with_lock(
        "l",
        [&](lock const&) -> asio::awaitable<void> {
            try
            {
                co_await for_ever();
            }
            catch (boost::system::system_error const&)
            {
                ended = true;
                throw;
            }
        },
        [&](std::exception_ptr thrown) {
            BOOST_TEST(ended);
            end.by(thrown);
        });
    run_for(1s);
    BOOST_TEST(end.times == 0);
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(10s);
    BOOST_TEST(end.times == 1);
    BOOST_TEST((end.error() == errc::lost));
}

BOOST_AUTO_TEST_CASE(a_cancelled_body_gives_its_lock_back)
{
    auto& a = make("a");
    auto& b = make("b");
    for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::total})
    {
        finished end;
        asio::cancellation_signal stop;
        a->async_with_lock(
            "l", [](lock const&) { return for_ever(); },
            asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { end.by(thrown); }));
        run_for(1s);
        BOOST_TEST(!ok(b->async_try_lock("l")).has_value());
        stop.emit(type);
        run_for(1s);
        BOOST_TEST(end.times == 1);
        BOOST_TEST((end.error() == asio::error::operation_aborted));
        BOOST_TEST(ok(b->async_try_lock("l")).has_value());
        settle();
    }
}

BOOST_AUTO_TEST_CASE(a_body_whose_lock_is_not_to_be_had_never_runs)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const held = ok(a->async_lock("l"));
    coterie::lock_options soon;
    soon.wait = 100ms;
    finished end;
    bool ran = false;
    b->async_with_lock(
        "l", soon,
        [&](lock const&) -> asio::awaitable<void> {
            ran = true;
            co_return;
        },
        [&](std::exception_ptr thrown) { end.by(thrown); });
    run_for(1s);
    BOOST_TEST((end.error() == errc::timed_out));
    BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_CASE(a_body_leads_and_its_result_comes_through)
{
    auto& a = make("a");
    auto& b = make("b");
    finished end;
    int result = 0;
    a->async_lead(
        "r", "1",
        [](leadership const& term) -> asio::awaitable<int> {
            co_await term.async_proclaim("2");
            co_return 42;
        },
        [&](std::exception_ptr thrown, int value) {
            end.by(thrown);
            result = value;
        });
    run_until([&] { return end.times > 0; });
    BOOST_TEST(!end.thrown);
    BOOST_TEST(result == 42);
    BOOST_TEST(!ok(b->async_leader("r")).has_value());
}

BOOST_AUTO_TEST_CASE(a_body_whose_leadership_is_lost_leads_again)
{
    auto& a = make("a");
    std::vector<std::uint64_t> terms;
    int cancelled = 0;
    finished end;
    asio::cancellation_signal stop;
    a->async_lead(
        "r",
        [&](leadership const& term) -> asio::awaitable<void> {
            terms.push_back(term.term());
            try
            {
                co_await for_ever();
            }
            catch (boost::system::system_error const&)
            {
                ++cancelled;
                throw;
            }
        },
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { end.by(thrown); }));
    run_for(1s);
    BOOST_TEST(terms.size() == 1U);
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(30s);
    BOOST_TEST(cancelled == 1);
    BOOST_TEST(end.times == 0);  // goes on trying, however long it takes
    server.refuse_connections(false);
    run_for(5s);
    BOOST_REQUIRE(terms.size() == 2U);
    BOOST_TEST(terms[1] > terms[0]);
    BOOST_TEST(ok(a->async_leader("r"))->term == terms[1]);
    stop.emit(asio::cancellation_type::terminal);
    run_for(1s);
    BOOST_TEST(cancelled == 2);
    BOOST_TEST((end.error() == asio::error::operation_aborted));
    BOOST_TEST(!ok(a->async_leader("r")).has_value());
}

BOOST_AUTO_TEST_CASE(leading_is_cancelled_while_it_campaigns)
{
    auto& a = make("a");
    auto& b = make("b");
    auto const term = ok(a->async_campaign("r"));
    bool ran = false;
    finished end;
    asio::cancellation_signal stop;
    b->async_lead(
        "r",
        [&](leadership const&) -> asio::awaitable<void> {
            ran = true;
            co_return;
        },
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { end.by(thrown); }));
    run_for(10s);
    stop.emit(asio::cancellation_type::total);
    run_for(1s);
    BOOST_TEST((end.error() == asio::error::operation_aborted));
    BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_group_ends_leading)
{
    auto& a = make("a");
    finished end;
    a->async_lead(
        "r", [](leadership const&) { return for_ever(); }, [&](std::exception_ptr thrown) { end.by(thrown); });
    run_for(1s);
    ok(a->async_close());
    run_for(1s);
    BOOST_TEST(end.times == 1);
    BOOST_TEST((end.error() == errc::closed));  // nobody cancelled it
    BOOST_TEST((server.groups().empty()));
}

BOOST_AUTO_TEST_CASE(a_body_whose_lock_is_given_back_by_name_ends)
{
    auto& a = make("a");
    finished end;
    a->async_with_lock(
        "l", [](lock const&) { return for_ever(); }, [&](std::exception_ptr thrown) { end.by(thrown); });
    run_for(1s);
    BOOST_TEST(ok(a->async_release("l")));
    run_for(1s);
    BOOST_TEST(end.times == 1);
    BOOST_TEST((end.error() == errc::closed));
}

// A leader who was stopped, and whose resource says no when he goes on: he throws or returns, and leads again either way.
BOOST_AUTO_TEST_CASE(a_body_that_ends_under_a_lost_leadership_leads_again)
{
    for (bool const throws : {true, false})
    {
        world w;
        auto& a = w.make("a");
        int terms = 0;
        finished end;
        asio::io_context::executor_type const here = a.io.get_executor();
        a->async_lead(
            "r",
            [&](leadership const& term) -> asio::awaitable<void> {
                if (++terms > 1)
                    co_return;
                co_await coterie::testing::async_sleep(w.clock, 1s, asio::use_awaitable);
                BOOST_TEST((term.state() == lock_state::lost));
                if (throws)
                    throw std::runtime_error{"the resource refuses"};
            },
            asio::bind_executor(here, [&](std::exception_ptr thrown) { end.by(thrown); }));
        w.run_for(500ms);
        a.runs = false;
        w.run_for(20s);
        a.runs = true;
        w.run_for(20s);
        BOOST_TEST(terms == 2);
        BOOST_TEST(end.times == 1);
        BOOST_TEST(!end.thrown);
    }
}

// He cancelled while the body was under way, and meanwhile the leadership was lost too.
BOOST_AUTO_TEST_CASE(a_cancellation_is_not_forgotten_when_the_leadership_is_lost_as_well)
{
    auto& a = make("a");
    int terms = 0;
    finished end;
    asio::cancellation_signal stop;
    a->async_lead(
        "r",
        [&](leadership const&) -> asio::awaitable<void> {
            ++terms;
            co_await asio::this_coro::throw_if_cancelled(false);
            co_await coterie::testing::async_sleep(clock, 20s, asio::as_tuple(asio::use_awaitable));  // is cancelled, and ...
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            co_await coterie::testing::async_sleep(clock, 20s, asio::use_awaitable);  // takes its time to tidy up
        },
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { end.by(thrown); }));
    run_for(1s);
    stop.emit(asio::cancellation_type::terminal);
    run_for(1s);
    server.refuse_connections(true);
    server.disconnect_all();
    run_for(12s);
    server.refuse_connections(false);
    run_for(60s);
    BOOST_TEST(terms == 1);
    BOOST_TEST(end.times == 1);
    BOOST_TEST((end.error() == asio::error::operation_aborted));
}

// A coroutine that owns the stream it reads is destroyed with its context: AddressSanitizer would tell of what is left.
BOOST_AUTO_TEST_CASE(a_reader_who_owns_his_stream_is_freed_with_the_context)
{
    auto& a = make("a");
    bool reads = false;
    auto const body = [&]() -> asio::awaitable<void> {
        auto members = co_await a->async_watch(asio::use_awaitable);
        co_await members.async_next(asio::use_awaitable);
        reads = true;
        co_await members.async_next(asio::use_awaitable);
    };
    asio::co_spawn(a.io, body(), asio::detached);
    run_for(1s);
    BOOST_TEST(reads);
}

BOOST_AUTO_TEST_SUITE_END()
