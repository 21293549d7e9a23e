// A server that speaks TLS: whoever has the right certificate is talked to, and nobody else is told anything.
#include "world.hpp"

#include <boost/asio/detached.hpp>

#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace coterie::test {
namespace {

// Whom the system trusts, as clients made in its life see it.
class trust
{
public:
    explicit trust(std::string const& file) { ::setenv("SSL_CERT_FILE", file.c_str(), 1); }
    ~trust() { ::unsetenv("SSL_CERT_FILE"); }

    trust(trust const&) = delete;
    trust& operator=(trust const&) = delete;
};

struct tls_world : world
{
    // A certificate that trusts itself.
    void make_certificate(std::string const& name, std::string const& hosts)
    {
        child_process openssl{{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                               "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=" + hosts, "-keyout", path(name + ".key"), "-out",
                               path(name + ".crt")}};
        BOOST_TEST_REQUIRE(openssl.wait().value_or(-1) == 0, openssl.errors());
    }

    // From now on it speaks nothing else.
    void speak_tls(std::string const& certificate)
    {
        for (auto const& [option, value] : {std::pair<std::string, std::string>{"port", "0"},
                                            {"tls-auth-clients", "no"},
                                            {"tls-cert-file", path(certificate + ".crt")},
                                            {"tls-key-file", path(certificate + ".key")},
                                            {"tls-port", std::to_string(server.port())}})
            options.insert(options.end(), {option, value});
        BOOST_TEST_REQUIRE(redis(std::exchange(options, {"CONFIG", "SET"})).text == "OK");
    }

    std::string path(std::string const& file) const { return (std::filesystem::path{server.socket()}.parent_path() / file).string(); }
    std::string tls_url(std::string const& host) const { return "rediss://" + host + ":" + std::to_string(server.port()); }

    strings options{"CONFIG", "SET"};

    // Why there is no connection.
    asio::awaitable<std::string> refused(std::string url)
    {
        auto const words = std::make_shared<std::string>();
        client_config config;
        config.log.level = log_level::info;
        config.log.sink = [words](log_level, std::string_view line) {
            if (words->empty() && line.find("not connected") != line.npos)
                *words = line;
        };
        group_connector group{connect(url, config), {.group_name = "g"}};
        group.async_join("alice", asio::detached);
        while (words->empty())
            co_await pause(1ms);
        co_return *words;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls, tls_world)

BOOST_AUTO_TEST_CASE(everything_works_and_comes_back)
{
    make_certificate("right", "DNS:localhost,IP:127.0.0.1");
    speak_tls("right");
    trust const right{path("right.crt")};
    live([&]() -> asio::awaitable<void> {
        group_connector alice{connect(tls_url("localhost")), {.group_name = "g"}};
        group_connector bob{connect(tls_url("127.0.0.1")), {.group_name = "g"}};
        auto events = co_await alice.async_watch();
        names known;
        co_await bob.async_join("bob");
        co_await until(events, known, these("bob"));

        redis({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        redis({"CLIENT", "KILL", "TYPE", "pubsub"});
        auto held = co_await alice.async_lock("a");
        BOOST_TEST(!(co_await bob.async_try_lock("a")).has_value());
        co_await alice.async_join("alice");
        co_await until(events, known, these("alice", "bob"));
        co_await held.async_release();
        co_await alice.async_close();
        co_await bob.async_close();
    });
}

BOOST_AUTO_TEST_CASE(the_program_speaks_it_too)
{
    make_certificate("right", "DNS:localhost");
    speak_tls("right");
    trust const right{path("right.crt")};
    auto const put = run_at(tls_url("localhost"), {"put", "a", "1"});
    BOOST_TEST(put.code == 0, put.errors);
    auto const got = run_at(tls_url("localhost"), {"get", "a"});
    BOOST_TEST(got.lines == strings{"1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_else_is_talked_to)
{
    make_certificate("right", "DNS:localhost");
    make_certificate("other", "DNS:localhost");
    speak_tls("right");
    live([&]() -> asio::awaitable<void> {
        std::string words = co_await refused(tls_url("localhost"));
        BOOST_TEST(words.find("certificate") != std::string::npos, "trusted by nobody: " + words);
        {
            trust const other{path("other.crt")};
            words = co_await refused(tls_url("localhost"));
            BOOST_TEST(words.find("certificate") != std::string::npos, "another one is trusted: " + words);
        }
        trust const right{path("right.crt")};
        words = co_await refused(tls_url("127.0.0.1"));
        BOOST_TEST(words.find("certificate") != std::string::npos, "for another host: " + words);
        co_await refused(server.url());
    });
    BOOST_TEST(redis({"KEYS", "*"}).texts().empty());
}

BOOST_AUTO_TEST_CASE(a_server_without_it_is_no_server)
{
    live([&]() -> asio::awaitable<void> {
        auto const words = co_await refused(tls_url("localhost"));
        BOOST_TEST(words.find("no answer in time") != std::string::npos, words);
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
