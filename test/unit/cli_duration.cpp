// Lengths of time on the command line.
#include "src/cli/duration.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using coterie::cli::parse_duration;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(cli_duration)

static_assert(parse_duration("7.5s") == 7500ms);  // decided when compiled, if wished

BOOST_AUTO_TEST_CASE(a_number_and_a_unit)
{
    struct
    {
        char const* text;
        std::chrono::milliseconds value;
    } const rows[] = {
        {"0", 0ms},
        {"0s", 0ms},
        {"250ms", 250ms},
        {"5s", 5s},
        {"7.5s", 7500ms},
        {"0.001s", 1ms},
        {"1.500s", 1500ms},
        {"1.0ms", 1ms},
        {"2m", 2min},
        {"0.25m", 15s},
        {"1h", 1h},
        {"1.5h", 90min},
        {"007s", 7s},
        {"0.00005m", 3ms},
        {"168h", 168h},
        {"0.0000025h", 9ms},
        {"1.0000000000000000000000s", 1s},
        {"8759.99h", 8759h + 59min + 24s},
    };
    for (auto const& row : rows)
    {
        auto const found = parse_duration(row.text);
        BOOST_TEST_CONTEXT(row.text)
        {
            BOOST_TEST_REQUIRE(found.has_value());
            BOOST_TEST(found->count() == row.value.count());
        }
    }
}

BOOST_AUTO_TEST_CASE(anything_else_is_none)
{
    char const* const rows[] = {
        "",
        "5",
        "s",
        ".",
        ".5s",
        "5.s",
        "5.5.5s",
        "-5s",
        "+5s",
        "5 s",
        " 5s",
        "5s ",
        "5S",
        "5sec",
        "5d",
        "5us",
        "1e3s",
        "0x5s",
        "5,5s",
        "00",
        "0.0",
        "5ss",
        "5s5ms",
        "inf",
        "0.5ms",
        "0.0001s",
        "1.00001s",
        "0.0000001h",
        "8760h",
        "99999999999999999999s",
        "9223372036854775807ms",
        "1.0000000000000000001s",
    };
    for (auto const* row : rows)
        BOOST_TEST_CONTEXT(row) BOOST_TEST(!parse_duration(row).has_value());

    BOOST_TEST(!parse_duration(std::string("5s\0", 3)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
