// URLs of stores.
#include "src/core/store_url.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace {

using coterie::core::parse_store_url;
using coterie::core::store_kind;
using url = coterie::core::store_url;

url tcp(std::string host, std::uint16_t port = 6379)
{
    url result;
    result.host = std::move(host);
    result.port = port;
    return result;
}

url with(url base, std::string user, std::string password, std::uint32_t database = 0)
{
    base.user = std::move(user);
    base.password = std::move(password);
    base.database = database;
    return base;
}

url secure(url base)
{
    base.tls = true;
    return base;
}

url socket(std::string path, std::uint32_t database = 0)
{
    url result;
    result.kind = store_kind::unix_socket;
    result.path = std::move(path);
    result.database = database;
    return result;
}

url memory(std::string name)
{
    url result;
    result.kind = store_kind::memory;
    result.name = std::move(name);
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_url)

BOOST_AUTO_TEST_CASE(taken_apart)
{
    struct
    {
        char const* text;
        url value;
    } const rows[] = {
        {"redis://h", tcp("h")},
        {"valkey://h:1234", tcp("h", 1234)},
        {"redis://127.0.0.1:6379/", tcp("127.0.0.1")},
        {"redis://[::1]:7000", tcp("::1", 7000)},
        {"redis://h/3", with(tcp("h"), "", "", 3)},
        {"redis://:secret@h", with(tcp("h"), "", "secret")},
        {"redis://ann:secret@h:1/2", with(tcp("h", 1), "ann", "secret", 2)},
        {"redis://a%40b:p%3A%2F%23@h", with(tcp("h"), "a@b", "p:/#")},
        {"redis://ann:a:b@h", with(tcp("h"), "ann", "a:b")},
        {"rediss://h", secure(tcp("h"))},
        {"valkeys://h:1", secure(tcp("h", 1))},
        {"unix:///run/redis.sock", socket("/run/redis.sock")},
        {"redis+unix:///s?db=4", socket("/s", 4)},
        {"unix://ann:secret@/s?db=1", with(socket("/s"), "ann", "secret", 1)},
        {"unix:///with%20space", socket("/with space")},
        {"memory:", memory("")},
        {"memory:demo", memory("demo")},
    };
    for (auto const& row : rows)
        BOOST_TEST_CONTEXT(row.text) BOOST_TEST((parse_store_url(row.text) == row.value));
}

// The message says what is wrong, and keeps the password to itself.
BOOST_AUTO_TEST_CASE(refused_with_the_part_at_fault)
{
    struct
    {
        char const* text;
        char const* message;
    } const rows[] = {
        {"", "unknown scheme"},
        {"localhost", "unknown scheme"},
        {"http://h", "unknown scheme 'http'"},
        {"REDIS://h", "unknown scheme"},
        {"redis://h h", "not a URL"},
        {"redis://[::1", "not a URL"},
        {"redis://h:port", "not a URL"},
        {"redis:", "the host is missing"},
        {"redis://", "the host is missing"},
        {"redis:///3", "the host is missing"},
        {"redis://:6379", "the host is missing"},
        {"redis://h%00.example", "the host has a zero byte"},
        {"redis://h:0", "the port"},
        {"redis://h:65536", "the port"},
        {"redis://h:99999999999999999999", "the port"},
        {"redis://h/a", "the database"},
        {"redis://h/-1", "the database"},
        {"redis://h/1/2", "the database"},
        {"redis://h/99999999999", "the database"},
        {"redis://h?db=1", "unknown query"},
        {"redis://h#1", "#fragment"},
        {"redis://:hunter2@h#1", "#fragment"},
        {"redis://ann@h", "a user without a password"},
        {"redis://ann:@h", "a user without a password"},
        {"redis://ann:hunter2@h:0", "the port"},
        {"redis://ann:hunter2@h/x", "the database"},
        {"unix://h/s", "no host"},
        {"unix://", "the path of the socket is missing"},
        {"unix:///", "the path of the socket is missing"},
        {"unix:///s%00/t", "the path of the socket has a zero byte"},
        {"unix:///s?database=1", "unknown query"},
        {"unix:///s?db=", "the database"},
        {"unix:///s?db=x", "the database"},
        {"unix:///s?", "unknown query"},
        {"memory://h", "memory:NAME"},
        {"memory:x?db=1", "memory:NAME"},
    };
    for (auto const& row : rows)
        BOOST_TEST_CONTEXT(row.text)
    BOOST_CHECK_EXCEPTION(parse_store_url(row.text), std::invalid_argument, [&](auto const& error) {
        std::string const words = error.what();
        BOOST_TEST_MESSAGE(words);
        return words.starts_with("url: ") && words.find(row.message) != std::string::npos && words.find("hunter2") == std::string::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()
