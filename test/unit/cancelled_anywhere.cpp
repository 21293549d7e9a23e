// Every operation, cancelled after each number of handlers. Nothing of it may remain: no lock, place or member, no lease or value, no timer
// and no connection.
#include "stopping.hpp"

#include <iterator>

using namespace unit;
using asio::cancellation_type;

namespace {

// In turn: all operations answer to all of them alike (session/caller.hpp).
constexpr cancellation_type types[]{cancellation_type::terminal, cancellation_type::partial, cancellation_type::total};

void cancel(operation const& what)
{
    BOOST_TEST_MESSAGE(what.name);
    bool ended = false;
    for (int handlers = 0; !ended; ++handlers)
        BOOST_TEST_CONTEXT(what.name << ", cancelled after " << handlers << " handlers")
        {
            BOOST_REQUIRE(handlers < too_many);
            stage s;
            ended = run_to(s, what, handlers);
            s.end->cancel.emit(types[static_cast<std::size_t>(handlers) % std::size(types)]);
            s.run_for(2s);
            BOOST_TEST(s.end->times == 1);
            bool const aborted = s.end->error == asio::error::operation_aborted;
            BOOST_TEST((!aborted || !ended));
            BOOST_TEST((aborted || !s.end->error || s.end->error == errc::timed_out), s.end->error.message());
            s.end->result.reset();  // what the caller was told of, he gives back
            s.run_for(100ms);
            if (!what.keeps)
                check_free(s, aborted);
            check_empty(s);
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cancelled_anywhere)

BOOST_AUTO_TEST_CASE(after_each_handler)
{
    for (auto const& each : every_operation)
        cancel(each);
}

BOOST_AUTO_TEST_SUITE_END()
