// Values of a type of one's own.
#include "memo_world.hpp"

#include <coterie/memo_as.hpp>

#include <map>

using namespace unit;

namespace {

using table = std::map<std::string, int>;
using tables = coterie::memo_as<table>;

struct typed_world : memo_world
{
    template <class Operation>
    std::optional<table> end_of_typed(Operation operation)
    {
        std::optional<table> result;
        failure = nullptr;
        bool over = false;
        std::move(operation)([&](std::exception_ptr error, std::optional<table> value) {
            failure = error;
            result = std::move(value);
            over = true;
        });
        BOOST_TEST(run_until([&] { return over; }, 10min));
        return result;
    }

    auto makes_table(table value)
    {
        return [this, value]() -> asio::awaitable<tables::result> {
            ++begun;
            tables::result made;
            made.value = value;
            made.ttl = 1min;
            co_return made;
        };
    }

    std::exception_ptr failure;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memo_typed, typed_world)

BOOST_AUTO_TEST_CASE(values_come_back_as_they_were)
{
    auto& p = make("unused");
    tables a{*p.client};
    table const value{{"kristoff", 3}, {"sven \"the\" \n", -1}};
    BOOST_TEST((end_of_typed(a.async_get("x", 10s, makes_table(value))) == value));
    BOOST_TEST((end_of_typed(a.async_get("x", 10s, makes_table({}))) == value));
    ok(a.async_store("x", {{"b", 2}}, 1min));
    BOOST_TEST((end_of_typed(a.async_get("x", 10s, makes_table({}))) == table{{"b", 2}}));
    BOOST_TEST(ok(a.async_invalidate("x")));
    BOOST_TEST((end_of_typed(a.async_get("x", 10s, [&]() -> asio::awaitable<tables::result> {
                    tables::result none;
                    none.ttl = 1min;
                    co_return none;
                })) == std::nullopt));
    BOOST_TEST(!failure);
    BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_such_value_count_as_none)
{
    auto& p = make("unused");
    memo bytes{*p.client};
    tables a{*p.client};
    for (auto const* other : {"[1,2]", "no json", ""})
    {
        ok(bytes.async_store("x", other, 1min));
        BOOST_TEST((end_of_typed(a.async_get("x", 10s, makes_table({{"a", 1}}))) == table{{"a", 1}}));
        BOOST_TEST(end(bytes.async_get("x", 10s, makes("0")))->is(R"({"a":1})"));
    }
}

BOOST_AUTO_TEST_CASE(errors_come_through)
{
    auto& p = make("unused");
    auto a = std::make_unique<tables>(*p.client);
    end_of_typed(a->async_get("x", 10s, []() -> asio::awaitable<tables::result> {
        throw std::runtime_error{"no such table"};
        co_return tables::result{};
    }));
    BOOST_CHECK_THROW(std::rethrow_exception(failure), std::runtime_error);
    end_of_typed(a->async_get("{", 10s, makes_table({})));
    BOOST_CHECK_THROW(std::rethrow_exception(failure), boost::system::system_error);
    bool over = false;
    a->async_get("x", 10s, [this]() -> asio::awaitable<tables::result> {
        co_await testing::async_sleep(clock, 1h, asio::use_awaitable);
        co_return tables::result{};
    })([&](std::exception_ptr error, std::optional<table>) {
        failure = error;
        over = true;
    });
    run_for(50ms);
    a.reset();
    BOOST_TEST(run_until([&] { return over; }, 1min));
    BOOST_CHECK_THROW(std::rethrow_exception(failure), boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
