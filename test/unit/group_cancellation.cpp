// Each operation cancelled after each number of handlers, in each way: it is answered once, the connector goes on working, and in
// the end the store holds what an operation that ran, or one that did not, leaves: never a lock or a member that nobody owns.
#include "group_reader.hpp"

using namespace unit;
using asio::cancellation_type;

namespace {

constexpr cancellation_type all_types[] = {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total};

coterie::lock_options fixed()
{
    coterie::lock_options options;
    options.lease = 1h;
    return options;
}

// `prepare` makes a connector ready (or not), `make` the operation, `check` looks when everything is quiet.
template <class Prepare, class Make, class Check>
void cancel_everywhere(world& w, Prepare prepare, Make make, Check check)
{
    for (auto const type : all_types)
    {
        bool ended_before = false;
        for (int handlers = 0; !ended_before; ++handlers)
        {
            BOOST_REQUIRE(handlers < 1000);
            auto& a = w.make("a");
            prepare(a);
            w.settle();
            auto end = w.start(make(a));
            for (int i = 0; i < handlers && end->times == 0; ++i)
                if (!w.step())
                    w.clock->advance_to_next();
            ended_before = end->times > 0;
            end->cancel.emit(type);
            w.run_for(3s);
            BOOST_TEST(end->times == 1);
            BOOST_TEST((!end->error || end->error == asio::error::operation_aborted), end->error.message());
            BOOST_TEST((ended_before ? !end->error : true));
            BOOST_TEST_CONTEXT("cancelled after " << handlers << " handlers")
            check(a, !end->error, *end);

            w.ok(a->async_join("works"));
            BOOST_TEST(w.ok(a->async_try_lock("works")).has_value());
            w.ok(a->async_close());
            w.settle();
            BOOST_TEST(w.server.groups().empty());
            end.reset();
            w.forget(a);
        }
    }
}

auto const as_new = [](process&) {};

struct cancelling : world
{
    bool is_member(process& a, std::string const& name)
    {
        auto const all = names_of(ok(a->async_members()));
        return std::find(all.begin(), all.end(), name) != all.end();
    }
    bool is_free(process& a, std::string const& name) { return !ok(a->async_inspect(name)).has_value(); }

    // A session is there already.
    auto in_session()
    {
        return [this](process& a) { ok(a->async_join("first")); };
    }

    // ... and the connection has just broken.
    auto cut_off()
    {
        return [this](process& a) {
            ok(a->async_join("first"));
            server.disconnect_all();
        };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_cancellation, cancelling)

BOOST_AUTO_TEST_CASE(join)
{
    auto const make = [](process& a) { return a->async_join("m"); };
    auto const check = [&](process& a, bool done, auto const&) { BOOST_TEST(is_member(a, "m") == done); };
    cancel_everywhere(*this, as_new, make, check);
    cancel_everywhere(*this, in_session(), make, check);
    cancel_everywhere(*this, cut_off(), make, check);
}

BOOST_AUTO_TEST_CASE(join_with_another_value)
{
    cancel_everywhere(
        *this, [this](process& a) { ok(a->async_join("m", "1")); }, [](process& a) { return a->async_join("m", "2"); },
        [&](process& a, bool done, auto const&) { BOOST_TEST(ok(a->async_members()).at(0).value == (done ? "2" : "1")); });
}

BOOST_AUTO_TEST_CASE(leave)
{
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_leave("first"); },
        [&](process& a, bool done, auto const&) {
            BOOST_TEST((!done || !is_member(a, "first")));
            bool const still = is_member(a, "first");
            BOOST_TEST(ok(a->async_leave("first")) == still);  // it knows what the store knows
            BOOST_TEST(!is_member(a, "first"));
        });
}

BOOST_AUTO_TEST_CASE(try_lock)
{
    for (auto const& options : {coterie::lock_options{}, fixed()})
    {
        auto const make = [options](process& a) { return a->async_try_lock("l", options); };
        auto const check = [&](process& a, bool done, auto const&) { BOOST_TEST(is_free(a, "l") == !done); };
        cancel_everywhere(*this, as_new, make, check);
        cancel_everywhere(*this, in_session(), make, check);
        cancel_everywhere(*this, cut_off(), make, check);
    }
}

BOOST_AUTO_TEST_CASE(a_second_hold)
{
    coterie::lock_options again;
    again.reentrant = true;
    std::optional<coterie::lock> first;
    cancel_everywhere(
        *this, [&](process& a) { first = ok(a->async_try_lock("l")); }, [&](process& a) { return a->async_try_lock("l", again); },
        [&](process& a, bool done, auto const&) {
            ok(first->async_release());
            first.reset();
            BOOST_TEST(is_free(a, "l") == !done);
        });
}

BOOST_AUTO_TEST_CASE(release)
{
    std::optional<coterie::lock> lock;
    auto const check = [&](process& a, bool, auto const&) {
        BOOST_TEST(is_free(a, "l"));
        lock.reset();
    };
    auto const take = [&](process& a) { lock = ok(a->async_try_lock("l")); };
    auto const take_and_break = [&](process& a) {
        lock = ok(a->async_try_lock("l"));
        server.disconnect_all();
    };
    cancel_everywhere(
        *this, take, [&](process&) { return lock->async_release(); }, check);
    cancel_everywhere(
        *this, take, [](process& a) { return a->async_release("l"); }, check);
    cancel_everywhere(
        *this, take_and_break, [&](process&) { return lock->async_release(); }, check);
    cancel_everywhere(
        *this, take_and_break, [](process& a) { return a->async_release("l"); }, check);
}

BOOST_AUTO_TEST_CASE(data_and_questions)
{
    auto const look = [](process&, bool, auto const&) {};
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_members(); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_inspect("l"); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_force_release("l"); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_update("first", "2"); }, look);
    cancel_everywhere(
        *this, as_new, [](process& a) { return a->async_put("p", "v"); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_get("p"); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_erase("p"); }, look);
    cancel_everywhere(
        *this, in_session(), [](process& a) { return a->async_list("*"); }, look);
}

BOOST_AUTO_TEST_CASE(watch)
{
    cancel_everywhere(
        *this, as_new, [](process& a) { return a->async_watch(); },
        [&](process& a, bool, auto& end) {
            reader other{ok(a->async_watch())};
            other.read_on();
            ok(a->async_join("m"));
            settle();
            BOOST_TEST(other.members() == (names{"m"}), boost::test_tools::per_element());
            end.value = {};
        });
}

BOOST_AUTO_TEST_CASE(close)
{
    for (int handlers = 0; handlers < 30; ++handlers)
    {
        auto& a = make("a");
        ok(a->async_join());
        auto const lock = ok(a->async_try_lock("l", fixed()));
        auto const end = start(a->async_close());
        for (int i = 0; i < handlers; ++i)
            step();
        end->cancel.emit(cancellation_type::terminal);
        settle();
        BOOST_TEST(end->times == 1);
        BOOST_TEST(server.groups().empty());
    }
}

// A call that was given up costs nothing when something happens at last.
BOOST_AUTO_TEST_CASE(waits_that_were_given_up_do_not_pile_up)
{
    auto& a = make("a");
    auto lock = ok(a->async_try_lock("l"));
    auto events = ok(a->async_watch());
    ok(events.async_next());
    for (int i = 0; i < 1000; ++i)
    {
        auto const next = start(events.async_next());
        auto const lost = start(lock->async_lost());
        settle();
        next->cancel.emit(cancellation_type::terminal);
        lost->cancel.emit(cancellation_type::terminal);
        settle();
        BOOST_REQUIRE((next->error == asio::error::operation_aborted));
        BOOST_REQUIRE((lost->error == asio::error::operation_aborted));
    }
    auto const joined = start(a->async_join("m"));
    auto const released = start(lock->async_release());
    int handlers = 0;
    while (step())
        ++handlers;
    BOOST_TEST(joined->good());
    BOOST_TEST(released->good());
    BOOST_TEST(handlers < 200);
}

// (AddressSanitizer sees what is wrong here.)
BOOST_AUTO_TEST_CASE(a_cancellation_signal_may_outlive_the_context)
{
    asio::cancellation_signal emitted;
    asio::cancellation_signal not_emitted;
    {
        asio::io_context context;
        coterie::client client{context.get_executor(), server.url()};
        coterie::group_connector group{client, {}};
        auto const never = [](error_code) { BOOST_ERROR("completed"); };
        group.async_join("1", asio::bind_cancellation_slot(emitted.slot(), never));
        group.async_join("2", asio::bind_cancellation_slot(not_emitted.slot(), never));
        context.poll_one();
    }
    emitted.emit(cancellation_type::total);
}

BOOST_AUTO_TEST_SUITE_END()
