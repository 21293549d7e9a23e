// Several programs in one test: each a process of its own, with one connector of one group, on a server that fails on demand and
// a clock that jumps. A process can crash (it never runs again) or stall (it goes on later), as with SIGKILL and SIGSTOP.
#ifndef COTERIE_TEST_UNIT_GROUP_WORLD_HPP
#define COTERIE_TEST_UNIT_GROUP_WORLD_HPP

#include <coterie/client.hpp>
#include <coterie/group_connector.hpp>
#include <coterie/testing.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace unit {

namespace asio = boost::asio;
namespace testing = coterie::testing;
using namespace std::chrono_literals;
using coterie::errc;
using coterie::error_code;
using coterie::group_config;
using fault = testing::request_fault::kind;
using names = std::vector<std::string>;

struct process
{
    process(std::shared_ptr<coterie::clock> const& clock, std::string const& url, group_config config, coterie::client_config how)
    {
        how.clock = clock;
        how.log = {coterie::log_level::debug, [this](coterie::log_level, std::string_view line) { log.emplace_back(line); }};
        client.emplace(io.get_executor(), url, how);
        group.emplace(*client, std::move(config));
    }

    coterie::group_connector* operator->() { return &*group; }
    coterie::metrics count() const { return client->metrics(); }
    bool logged(std::string const& words) const
    {
        return std::any_of(log.begin(), log.end(), [&](auto const& line) { return line.find(words) != std::string::npos; });
    }

    names log;
    bool runs = true;
    asio::io_context io;
    std::optional<coterie::client> client;
    std::optional<coterie::group_connector> group;
};

// What became of an operation: how often it was answered, and what and when.
template <class Value>
struct ending
{
    int times = 0;
    error_code error;
    Value value{};
    coterie::clock::time_point at{};
    asio::cancellation_signal cancel{};

    bool good() const { return times == 1 && !error; }
};

struct nothing
{
};

template <class Signature>
struct value_of;
template <class Value>
struct value_of<void(error_code, Value)>
{
    using type = Value;
};
template <>
struct value_of<void(error_code)>
{
    using type = nothing;
};
template <class Operation>
using value_of_t = typename value_of<asio::completion_signature_of_t<Operation>>::type;

class world
{
public:
    world() { clock->run_for(home_, 0s); }
    ~world() { server.on_request({}); }

    process& make(std::string member, group_config config = {}, coterie::client_config how = {})
    {
        config.member = std::move(member);
        ++next_seed;  // what a test sees does not depend on chance, and two programs do not draw alike
        how.seed = how.seed.value_or(next_seed);
        return processes_.emplace_back(clock, server.url(), std::move(config), std::move(how));
    }

    // A process that is over, with all that came from it.
    void forget(process& which)
    {
        which.group.reset();
        which.client.reset();
        settle();
        processes_.remove_if([&](process const& each) { return &each == &which; });
    }

    // Starts an operation; nothing runs yet.
    template <class Operation>
    auto start(Operation operation)
    {
        auto const end = std::make_shared<ending<value_of_t<Operation>>>();
        std::move(operation)(asio::bind_cancellation_slot(end->cancel.slot(), [this, end](error_code error, auto&&... value) {
            ++end->times;
            end->error = error;
            end->at = clock->now();
            if constexpr (sizeof...(value) == 1)
                end->value = std::get<0>(std::forward_as_tuple(std::move(value)...));
        }));
        return end;
    }

    // Runs an operation to its end.
    template <class Operation>
    auto end_of(Operation operation)
    {
        auto end = start(std::move(operation));
        BOOST_TEST(end->times == 0);  // never from inside the call
        run_until([&] { return end->times > 0; }, 1min);
        BOOST_TEST(end->times == 1);
        return end;
    }

    // The same for one that must succeed.
    template <class Operation>
    auto ok(Operation operation)
    {
        auto const end = end_of(std::move(operation));
        BOOST_REQUIRE_MESSAGE(!end->error, end->error.message());
        return std::move(end->value);
    }

    // The same for one that must fail.
    template <class Operation>
    error_code error_of(Operation operation)
    {
        return end_of(std::move(operation))->error;
    }

    // Runs one handler of some process. False: none is ready.
    bool step()
    {
        if (std::exchange(now_, clock->now()) != clock->now())
            steps_ = 0;
        BOOST_REQUIRE_MESSAGE(++steps_ < most_steps, "it never comes to rest");
        for (auto& each : processes_)
            if (each.runs && poll_one(each.io))
                return true;
        return poll_one(home_);
    }

    bool run_until(std::function<bool()> const& condition, coterie::clock::duration limit = 1h)
    {
        auto const over = std::make_shared<bool>(false);
        auto const timer = clock->schedule(clock->now() + limit, asio::bind_executor(home_, [over] { *over = true; }));
        bool met = false;
        while (!(met = condition()) && (step() || (!*over && clock->advance_to_next())))
            continue;
        clock->cancel(timer);
        return met;
    }

    void run_for(coterie::clock::duration time)
    {
        run_until([] { return false; }, time);
    }

    // Lets everything that is ready happen, without moving the time.
    void settle()
    {
        while (step())
            continue;
    }

    // The time passes, and nobody runs meanwhile.
    void stall(coterie::clock::duration time) { clock->advance(time); }

    // The next `times` requests of this kind get this, after `skip` that pass.
    void fail_next(std::string operation, testing::request_fault what, int times = 1, int skip = 0)
    {
        server.on_request([=, this](testing::request const& request) mutable {
            ++requests;
            if (request.operation != operation || skip-- > 0 || times-- <= 0)
                return testing::request_fault{};
            return what;
        });
    }

    void count_requests()
    {
        server.on_request([this](testing::request const&) {
            ++requests;
            return testing::request_fault{};
        });
    }

    // Is there anything in the store under this name of a member, lock or path?
    bool stored(std::string const& word, std::string const& group = "default-group") const
    {
        return server.dump(group).find(" " + word + " ") != std::string::npos;
    }

    std::shared_ptr<testing::virtual_clock> clock = std::make_shared<testing::virtual_clock>();
    testing::memory_server server{clock};
    int requests = 0;
    std::uint64_t next_seed = 0;  // of the next process

private:
    static constexpr int most_steps = 300'000;  // at one time

    static bool poll_one(asio::io_context& io)
    {
        io.restart();
        return io.poll_one() != 0;
    }

    coterie::clock::time_point now_{};
    int steps_ = 0;
    std::list<process> processes_;
    asio::io_context home_;  // of the clock; goes first, and drops the timers of all
};

// Locks are lost at once, and free, when the store loses its data.
inline group_config without_quarantine()
{
    group_config config;
    config.quarantine = false;
    return config;
}

inline coterie::lock_options leased(std::chrono::milliseconds term)
{
    coterie::lock_options options;
    options.lease = term;
    return options;
}

inline coterie::lock_options waiting(std::chrono::milliseconds time, std::string_view member = {}, bool reentrant = false)
{
    coterie::lock_options options;
    options.wait = time;
    options.member = member;
    options.reentrant = reentrant;
    return options;
}

inline names names_of(std::vector<coterie::member> const& members)
{
    names result;
    for (auto const& each : members)
        result.push_back(each.name);
    return result;
}

}  // namespace unit

#endif
