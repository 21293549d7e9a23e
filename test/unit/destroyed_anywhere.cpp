// Every operation, while its context is destroyed after each number of handlers. Nothing of it may remain: no lock, place or member, no
// lease or value, no timer and no connection; under AddressSanitizer no memory either.
#include "stopping.hpp"

using namespace unit;

namespace {

void destroy(operation const& what, bool within)
{
    BOOST_TEST_MESSAGE(what.name);
    bool ended = false;
    for (int handlers = 0; !ended; ++handlers)
        BOOST_TEST_CONTEXT(what.name << ", its context destroyed after " << handlers << " handlers" << (within ? ", within" : ""))
        {
            BOOST_REQUIRE(handlers < too_many);
            stage s;
            ended = run_to(s, what, handlers);
            s.die(within);
            BOOST_TEST(s.server.connections() == 0);
            s.b = s.enter("b");
            s.ok(s.b->group.async_join("other"));
            s.run_for(3s);  // all leases are over
            check_free(s, true);
            check_empty(s);
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(destroyed_anywhere)

BOOST_AUTO_TEST_CASE(after_each_handler)
{
    for (auto const& each : every_operation)
        destroy(each, false);
}

// By a handler that runs in it.
BOOST_AUTO_TEST_CASE(within_each_handler)
{
    for (auto const& each : every_operation)
        destroy(each, true);
}

BOOST_AUTO_TEST_SUITE_END()
