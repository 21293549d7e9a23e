// Where coroutines of a strand wait for each other: the context has work as long as somebody waits, and ends them when it ends.
#include "src/session/task.hpp"
#include "src/session/turnstile.hpp"

#include <coterie/testing.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using coterie::session::executor;
using coterie::session::spawn;
using coterie::session::task;
using coterie::store::parking;

namespace {

struct world
{
    std::optional<asio::io_context> io{std::in_place};
    std::optional<executor> strand;
    std::string told;

    // What was there first ends last.
    explicit world(bool timers_first = false)
    {
        if (timers_first)
            asio::steady_timer{*io};
        strand = coterie::store::make_executor(io->get_executor());
    }

    // Tells of himself when he goes on, and when he ends.
    std::shared_ptr<parking::place> waiter(char name)
    {
        auto const here = std::make_shared<parking::place>();
        spawn(*strand, [this, here, name]() -> task<> {
            std::shared_ptr<void> const end{nullptr, [this](void*) { told += '.'; }};
            co_await strand->waiting().async_wait(*here, asio::deferred);
            told += name;
        });
        return here;
    }

    void end_context()
    {
        strand.reset();  // Asio's strands do not outlive their context
        io.reset();
    }

    void poll()
    {
        io->restart();
        io->poll();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_coroutines, world)

BOOST_AUTO_TEST_CASE(they_go_on_in_the_order_in_which_they_are_called)
{
    auto const a = waiter('a');
    auto const b = waiter('b');
    poll();
    BOOST_TEST(told == "");
    strand->waiting().resume(*b);
    strand->waiting().resume(*b);  // nobody waits there
    strand->waiting().resume(*a);
    BOOST_TEST(told == "");  // not from inside the call
    poll();
    BOOST_TEST(told == "b.a.");
}

BOOST_AUTO_TEST_CASE(the_context_has_work_as_long_as_somebody_waits)
{
    auto const a = waiter('a');
    auto const b = waiter('b');
    poll();
    BOOST_TEST(!io->stopped());
    strand->waiting().resume(*a);
    poll();
    BOOST_TEST(!io->stopped());
    strand->waiting().resume(*b);
    poll();
    BOOST_TEST(io->stopped());
    auto const c = waiter('c');
    poll();
    BOOST_TEST(!io->stopped());
    strand->waiting().resume(*c);
    poll();
    BOOST_TEST(told == "a.b.c.");
}

struct timers_first : world
{
    timers_first() : world{true} {}
};

using both_orders = boost::mpl::list<world, timers_first>;

BOOST_AUTO_TEST_CASE_TEMPLATE(the_end_of_the_context_is_theirs, order, both_orders)
{
    order w;
    auto const a = w.waiter('a');
    auto const b = w.waiter('b');
    w.poll();
    w.strand->waiting().resume(*a);  // and never comes to go on
    w.end_context();
    BOOST_TEST(w.told == "..");
}

// The end of one of them calls another, who ends as well.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_end_of_the_context_is_that_of_a_whole_line, order, both_orders)
{
    order w;
    coterie::testing::virtual_clock time;
    auto line = std::make_shared<coterie::session::turnstile>(*w.strand, time);
    parking::place here;
    for (char const name : {'a', 'b', 'c'})
        spawn(*w.strand, [&w, &here, line, name]() -> task<> {
            std::shared_ptr<void> const end{nullptr, [&](void*) { w.told += '.'; }};
            auto const turn = co_await line->enter("key");
            w.told += name;
            co_await w.strand->waiting().async_wait(here, asio::deferred);
        });
    w.poll();
    BOOST_TEST(w.told == "a");
    line.reset();
    w.end_context();
    BOOST_TEST(w.told == "a...");
}

BOOST_AUTO_TEST_CASE(what_one_of_them_throws_leaves_the_context_and_the_others_go_on)
{
    auto const a = waiter('a');
    spawn(*strand, []() -> task<> {
        throw std::runtime_error{"a defect"};
        co_return;
    });
    BOOST_CHECK_THROW(poll(), std::runtime_error);
    poll();
    strand->waiting().resume(*a);
    poll();
    BOOST_TEST(told == "a.");
}

// One who comes when the last one has just gone on: what was kept for those before is still on its way out.
struct late : world
{
    std::shared_ptr<parking::place> a = waiter('a');
    std::shared_ptr<parking::place> b;

    late()
    {
        poll();
        b = waiter('b');
        strand->waiting().resume(*a);
        io->run_one();
        BOOST_TEST(told == "");
    }
};

BOOST_FIXTURE_TEST_CASE(one_who_comes_late_is_kept, late)
{
    poll();
    BOOST_TEST(told == "a.");
    strand->waiting().resume(*b);
    poll();
    BOOST_TEST(told == "a.b.");
}

BOOST_FIXTURE_TEST_CASE(one_who_comes_late_ends_with_the_context, late)
{
    end_context();
    BOOST_TEST(told == "..");
}

BOOST_AUTO_TEST_SUITE_END()
