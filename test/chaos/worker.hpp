// One of the crowd, mostly a process of its own: what its programs share.
#ifndef COTERIE_TEST_CHAOS_WORKER_HPP
#define COTERIE_TEST_CHAOS_WORKER_HPP

#include "journal.hpp"
#include "settings.hpp"

#include <coterie/coterie.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <map>
#include <random>
#include <string>

namespace coterie::chaos {

namespace asio = boost::asio;
inline constexpr auto as_tuple = asio::as_tuple(asio::deferred);

class worker
{
public:
    enum class phase
    {
        busy,     // programs do what they do
        resting,  // whoever has something gives it back and asks for nothing more; members, presence and streams stay
        closing,
    };

    worker(asio::io_context&, worker_settings const&);

    // Starts its programs.
    void begin();

    asio::awaitable<void> rest();  // until whoever rests does so
    asio::awaitable<void>
    show();  // prints whatever it sees, as lines "view TOPIC TEXT"; or "differs ..." where the store says something else
    asio::awaitable<void> close();  // until all programs have ended

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    std::chrono::milliseconds up_to(std::chrono::milliseconds most)
    {
        return std::chrono::milliseconds{below(static_cast<std::size_t>(most.count()) + 1)};
    }

    bool busy() const { return phase_ == phase::busy; }
    bool closing() const { return phase_ == phase::closing; }
    static asio::awaitable<void> pause(std::chrono::milliseconds);

    // In the whole run no other acquisition or stream has it.
    int next_number() { return here.number * 100'000 + ++numbers_; }

    worker_settings here;
    journal log;
    client store;
    group_connector group;
    coterie::presence presence;
    memo shared;
    memo cached;

    // What this one sees by streams, and what the store says: to be compared when all rest. By topic.
    using views = std::map<std::string, std::string>;
    views seen;

private:
    using program = asio::awaitable<void> (*)(worker&);

    void start(program, bool until_rest);
    asio::awaitable<views> read_store();

    asio::io_context& io_;
    std::mt19937_64 random_;
    phase phase_ = phase::busy;
    int numbers_ = 0;
    int running_ = 0;
    int unrested_ = 0;
};

}  // namespace coterie::chaos

#endif
