// Names of sessions: compared with any text, never longer than they may be; what comes from a server that is longer names none.
#include "src/core/session_id.hpp"
#include "src/store/redis/keys.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

using coterie::core::session_id;
namespace redis = coterie::redis;

static_assert(std::is_trivially_destructible_v<session_id>);

BOOST_AUTO_TEST_SUITE(names_of_sessions)

BOOST_AUTO_TEST_CASE(compared_with_any_text)
{
    session_id const id{"abcdefghijklmnop"};
    BOOST_CHECK(id == "abcdefghijklmnop");
    BOOST_CHECK(id != "abcdefghijklmnopq");
    BOOST_CHECK(id < std::string(100, 'b'));
    BOOST_CHECK(id > session_id{});
    BOOST_CHECK(session_id{}.empty());
    BOOST_CHECK_EQUAL(std::string{"held:"} + id, "held:abcdefghijklmnop");
}

BOOST_AUTO_TEST_CASE(never_longer)
{
    BOOST_CHECK_THROW(session_id{"abcdefghijklmnopq"}, std::length_error);
    BOOST_CHECK(redis::topic_of("coterie:{g}:s:abcdefghijklmnop")->session == "abcdefghijklmnop");
    BOOST_CHECK(!redis::topic_of("coterie:{g}:s:abcdefghijklmnopq"));
}

BOOST_AUTO_TEST_SUITE_END()
