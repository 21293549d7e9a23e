// A member's tags and value in one.
#include "src/core/member_value.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <random>
#include <string>

namespace {

using coterie::core::pack;
using coterie::core::unpack;
using packed = coterie::core::member_value;
using namespace std::string_literals;

}  // namespace

BOOST_AUTO_TEST_SUITE(member_value)

BOOST_AUTO_TEST_CASE(as_it_is_stored)
{
    BOOST_TEST(pack({{}, ""}) == "0,");
    BOOST_TEST(pack({{}, "v"}) == "0,v");
    BOOST_TEST(pack({{"blue", ""}, "v"}) == "2,4:blue0:v");
}

BOOST_AUTO_TEST_CASE(there_and_back)
{
    std::mt19937 random{1};
    auto const below = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random); };
    auto const bytes = [&] {
        std::string result(below(12), '\0');
        for (auto& each : result)
            each = "0123456789:,-x\0\xff"s[below(16)];
        return result;
    };
    for (int i = 0; i < 5000; ++i)
    {
        packed whole{{}, bytes()};
        for (auto count = below(4); count > 0; --count)
            whole.tags.push_back(bytes());
        BOOST_TEST((unpack(pack(whole)) == whole), pack(whole));
    }
}

// Another program wrote it.
BOOST_AUTO_TEST_CASE(what_was_not_packed_here_is_the_value)
{
    for (auto const& foreign : {""s, "v"s, "10.0.0.7:8080"s, ","s, "1"s, "1,"s, "1,x"s, "1,5:four"s, "2,1:a"s, "-1,x"s, "+1,1:a"s, " 0,"s,
                                "1,-1:a"s, "99999999999999999999,"s, "18446744073709551615,"s, "1,18446744073709551615:a"s, "\0"s})
        BOOST_TEST((unpack(foreign) == packed{{}, foreign}), foreign);
}

BOOST_AUTO_TEST_SUITE_END()
