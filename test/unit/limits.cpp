// What is refused before anything is sent.
#include "src/core/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace coterie::core;
using coterie::errc;
using namespace std::string_literals;

}  // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(good_names)
{
    for (auto const& name : {"a"s, " "s, "/a/b"s, "*?[]\\"s, "\xff\xfe"s, "g\xc3\xbcnther"s, ":"s, std::string(max_name, 'x')})
        BOOST_TEST(!check_name(name), name);
}

BOOST_AUTO_TEST_CASE(bad_names)
{
    for (auto const& name : {""s, "{"s, "}"s, "a{b}"s, "a\0b"s, "\n"s, "a\tb"s, "\x1f"s, "\x7f"s, std::string(max_name + 1, 'x')})
        BOOST_TEST((check_name(name) == errc::bad_name), name);
}

BOOST_AUTO_TEST_CASE(every_byte_in_a_name)
{
    for (int byte = 0; byte < 256; ++byte)
    {
        bool const bad = byte < 0x20 || byte == 0x7f || byte == '{' || byte == '}';
        BOOST_TEST(check_name(std::string(1, static_cast<char>(byte))).failed() == bad, byte);
    }
}

BOOST_AUTO_TEST_CASE(values_have_a_size_only)
{
    BOOST_TEST(!check_value(""));
    BOOST_TEST(!check_value("\0\n{}"s));
    BOOST_TEST(!check_value(std::string(max_value, 'x')));
    BOOST_TEST((check_value(std::string(max_value + 1, 'x')) == errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_wrong_config_names_the_field)
{
    BOOST_CHECK_NO_THROW(require(true, "ttl", "must be longer"));
    BOOST_CHECK_EXCEPTION(require(false, "ttl", "must be longer"), std::invalid_argument,
                          [](auto const& error) { return error.what() == "ttl: must be longer"s; });
}

BOOST_AUTO_TEST_SUITE_END()
