// Every operation, while the store goes away after each number of handlers. Whoever does not wait for others is answered in the time that
// the client was given for it; and when the store is there again everybody has his answer, and nothing is left of what failed.
#include "stopping.hpp"

using namespace unit;

namespace {

// What streams tell.
void let_something_happen(stage& s)
{
    s.ok(s.b->group.async_join("new"));
    s.ok(s.b->space.async_online("new"));
    auto leads = s.ok(s.b->group.async_campaign("r"));
    s.ok(leads.async_resign());
    s.ok(s.b->group.async_leave("new"));
    s.ok(s.b->space.async_offline("new"));
}

void lose_the_store(operation const& what)
{
    BOOST_TEST_MESSAGE(what.name);
    coterie::client_config const how;
    bool ended = false;
    for (int handlers = 0; !ended; ++handlers)
        BOOST_TEST_CONTEXT(what.name << ", the store away after " << handlers << " handlers")
        {
            BOOST_REQUIRE(handlers < too_many);
            stage s;
            ended = run_to(s, what, handlers);
            s.server.refuse_connections(true);
            s.server.disconnect_all();
            s.run_for(how.timeout + how.response_timeout + 100ms);
            if (!what.waits)
                BOOST_TEST(s.end->times == 1);
            s.run_for(10s);
            s.server.refuse_connections(false);
            s.run_for(10s);
            if (s.end->times == 0)
                let_something_happen(s);
            s.run_for(100ms);
            BOOST_TEST(s.end->times == 1);
            s.end->result.reset();  // what the caller was told of, he gives back
            s.run_for(100ms);
            if (!what.keeps)
                check_free(s, bool(s.end->error));
            check_empty(s);
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outage_anywhere)

BOOST_AUTO_TEST_CASE(after_each_handler)
{
    for (auto const& each : every_operation)
        lose_the_store(each);
}

BOOST_AUTO_TEST_SUITE_END()
