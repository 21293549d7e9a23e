// A memory server, a client of it that notes all it hears, and a clock that jumps.
#ifndef COTERIE_TEST_UNIT_MEMORY_WORLD_HPP
#define COTERIE_TEST_UNIT_MEMORY_WORLD_HPP

#include "src/store/memory/make_store.hpp"

#include <coterie/error.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Not `unit`: what it names means something else there (group_world.hpp), in the same program.
namespace memory_unit {

namespace asio = boost::asio;
namespace store = coterie::store;
namespace testing = coterie::testing;
using namespace std::chrono_literals;
using fault = testing::request_fault::kind;
using coterie::errc;
using coterie::error_code;

inline std::string const sid = "0123456789abcdef";

// How an operation ended, if it has, and how often.
struct ending
{
    int times = 0;
    error_code error;
    store::reply reply;

    template <typename Operation>
    typename Operation::reply const& as() const
    {
        BOOST_REQUIRE_EQUAL(times, 1);
        BOOST_REQUIRE_EQUAL(error.message(), error_code{}.message());
        return std::get<typename Operation::reply>(reply);
    }
};

class client final : public store::observer
{
public:
    client(asio::io_context& io, std::shared_ptr<coterie::clock> clock, std::string const& url)
        : strand{store::make_executor(io.get_executor())}
        , made{store::make_memory_store(url.substr(url.find(':') + 1), {}, strand, std::move(clock), {})}
    {
        made->start(*this);
    }

    ~client() { BOOST_TEST(generations_grow); }  // here, since Boost.Test knows one thread only

    std::shared_ptr<ending> submit(store::operation what, std::string group = "g")
    {
        auto const end = std::make_shared<ending>();
        made->submit(std::move(group), std::move(what), asio::bind_executor(strand, [end](error_code error, store::reply reply) {
                         ++end->times;
                         end->error = error;
                         end->reply = std::move(reply);
                     }));
        BOOST_TEST(end->times == 0);
        return end;
    }

    std::shared_ptr<ending> watch(std::string group = "g")
    {
        auto const end = std::make_shared<ending>();
        made->watch({group}, asio::bind_executor(strand, [end](error_code error) {
                        ++end->times;
                        end->error = error;
                    }));
        return end;
    }

    store::caller who() const { return {sid, generation}; }
    store::open open(bool resume = false) const { return {who(), 10s, resume, 0}; }
    store::beat beat() const { return {who(), 10s, false}; }
    store::join join(std::string name) const { return {who(), {{std::move(name), "v"}}, false}; }

    void on_up(std::uint64_t number) override
    {
        generations_grow = generations_grow && number > generation;
        generation = number;
        ++ups;
    }
    void on_down(error_code why) override
    {
        last_down = why;
        ++downs;
    }
    void on_event(std::string const&, coterie::core::event const& event) override { events.push_back(event); }
    void on_grant(std::string const&, coterie::store::grant const& grant) override { grants.push_back(grant); }
    void on_news(std::string const&, coterie::store::news const&) override {}
    void on_gap() override { ++gaps; }

    store::executor strand;
    std::unique_ptr<store::store> made;
    std::uint64_t generation = 0;
    bool generations_grow = true;
    int ups = 0;
    int downs = 0;
    int gaps = 0;
    error_code last_down;
    std::vector<coterie::core::event> events;
    std::vector<coterie::store::grant> grants;
};

struct server_world
{
    // Lets everything that is ready happen, without moving the time.
    void settle() { clock->run_for(io, 0s); }

    // The next request gets this, later ones nothing.
    void once(testing::request_fault what)
    {
        server.on_request(
            [what, done = false](testing::request const&) mutable { return std::exchange(done, true) ? testing::request_fault{} : what; });
    }

    std::shared_ptr<testing::virtual_clock> clock = std::make_shared<testing::virtual_clock>();
    asio::io_context io;
    testing::memory_server server{clock};
    client one{io, clock, server.url()};
};

}  // namespace memory_unit

#endif
