// Error codes and their words.
#include <coterie/error.hpp>

#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <set>
#include <string>

namespace {

using coterie::errc;
using coterie::error_code;
using coterie::make_error_code;

constexpr errc all[] = {
    errc::bad_url,        errc::bad_name,        errc::bad_argument,
    errc::not_connected,  errc::outcome_unknown, errc::timed_out,
    errc::closed,         errc::not_owner,       errc::lost,
    errc::refused,        errc::too_large,       errc::unsupported_server,
    errc::not_replicated, errc::stale,           errc::generator_failed,
};

}  // namespace

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(each_is_an_error_with_words_of_its_own)
{
    std::set<std::string> messages;
    int value = 0;
    for (auto const each : all)
    {
        error_code const code = each;
        BOOST_TEST(code.value() == ++value);
        BOOST_TEST(code.failed());
        BOOST_TEST(code.message() != "unknown error");
        messages.insert(code.message());
    }
    BOOST_TEST(messages.size() == std::size(all));
    BOOST_TEST(make_error_code(static_cast<errc>(value + 1)).message() == "unknown error");
    BOOST_TEST(coterie::category().name() == std::string{"coterie"});
}

BOOST_AUTO_TEST_CASE(words_of_the_server_are_kept)
{
    auto const code = make_error_code(errc::refused, "WRONGPASS who are you");
    BOOST_TEST(code.message() == "the server refused: WRONGPASS who are you");
    BOOST_TEST((boost::system::system_error{code, "join"}.what() == "join: " + code.what()));
    BOOST_TEST(make_error_code(errc::refused, "").message() == "the server refused");
    BOOST_TEST(make_error_code(errc::refused, std::string(5000, 'x')).message().size() < 600U);
}

BOOST_AUTO_TEST_CASE(codes_are_equal_whatever_their_words)
{
    auto const one = make_error_code(errc::refused, "one");
    BOOST_TEST((one == errc::refused));
    BOOST_TEST((one == make_error_code(errc::refused, "other")));
    BOOST_TEST((one != errc::lost));
    BOOST_TEST((one != make_error_code(errc::lost, "one")));
    BOOST_TEST((one != error_code{}));
    BOOST_TEST((one != error_code{one.value(), boost::system::generic_category()}));
}

BOOST_AUTO_TEST_SUITE_END()
