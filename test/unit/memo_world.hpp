// Programs that want the same results, on a server that fails on demand and a clock that jumps.
#ifndef COTERIE_TEST_UNIT_MEMO_WORLD_HPP
#define COTERIE_TEST_UNIT_MEMO_WORLD_HPP

#include "group_world.hpp"

#include <coterie/memo.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace unit {

using coterie::memo;
using coterie::memo_config;
using coterie::memo_lease;
using coterie::memo_result;

// What became of a get.
struct got
{
    int times = 0;
    std::optional<std::string> value;
    error_code error;   // of a system_error
    std::string words;  // of whatever was thrown
    coterie::clock::time_point at{};
    asio::cancellation_signal cancel{};

    bool is(std::string_view expected) const { return times == 1 && words.empty() && value == expected; }
    bool is_negative() const { return times == 1 && words.empty() && !value; }
    bool failed(errc with) const { return times == 1 && error == with; }
};

inline std::ostream& operator<<(std::ostream& out, got const& one)
{
    return out << one.times << " times, " << (one.words.empty() ? one.value.value_or("negative") : one.words);
}

class memo_world : public world
{
public:
    // A program of its own, and its part in the results.
    memo& part(memo_config config = {}, coterie::client_config how = {})
    {
        last_ = &make("unused", {}, how);
        return memos_.emplace_back(*last_->client, std::move(config));
    }

    process& last() { return *last_; }

    struct making
    {
        std::chrono::milliseconds cost = 10ms;
        std::chrono::milliseconds ttl = 1min;
        std::string error{};  // not empty: it throws this
    };

    // A generator.
    auto makes(std::optional<std::string> value, making how = {10ms, 1min, {}})
    {
        return [this, value, how]() -> asio::awaitable<memo_result> {
            ++begun;
            ++running;
            most_running = std::max(most_running, running);
            auto const [cut] = co_await testing::async_sleep(clock, how.cost, asio::as_tuple(asio::use_awaitable));
            --running;
            if (cut)
            {
                ++cancelled;
                throw boost::system::system_error{cut};
            }
            if (!how.error.empty())
                throw std::runtime_error{how.error};
            ++ended;
            co_return memo_result{value, how.ttl};
        };
    }

    template <class Operation>
    std::shared_ptr<got> want(Operation operation)
    {
        auto const end = std::make_shared<got>();
        std::move(operation)(
            asio::bind_cancellation_slot(end->cancel.slot(), [this, end](std::exception_ptr error, std::optional<std::string> value) {
                ++end->times;
                end->value = std::move(value);
                end->at = clock->now();
                try
                {
                    if (error)
                        std::rethrow_exception(error);
                }
                catch (boost::system::system_error const& known)
                {
                    end->error = known.code();
                    end->words = known.what();
                }
                catch (std::exception const& other)
                {
                    end->words = other.what();
                }
            }));
        BOOST_TEST(end->times == 0);  // never from inside the call
        return end;
    }

    // A get, to its end.
    template <class Operation>
    std::shared_ptr<got> end(Operation operation)
    {
        auto result = want(std::move(operation));
        run_until([&] { return result->times > 0; }, 10min);
        return result;
    }

    template <class Container>
    bool all_ended(Container const& ones)
    {
        return run_until([&] { return std::ranges::all_of(ones, [](auto const& one) { return one->times > 0; }); }, 10min);
    }

    // Somebody generates and dies, two wait for him: until when, at the latest?
    struct orphans
    {
        std::vector<std::shared_ptr<got>> both;
        coterie::clock::time_point lease_ends;
    };
    orphans who_dies_generates()
    {
        memo_config config;
        config.lock_timeout = 2s;
        auto& a = part(config);
        auto& dying = last();
        auto& b = part(config);
        auto& c = part(config);
        want(a.async_get("x", 10s, makes("1", {1h, 1min})));
        auto const ends = clock->now() + config.lock_timeout;
        run_for(100ms);
        auto const second = want(b.async_get("x", 10s, makes("2")));
        auto const third = want(c.async_get("x", 10s, makes("2")));
        run_for(50ms);
        dying.runs = false;
        return {{second, third}, ends};
    }

    // Operations that a generator started.
    std::vector<std::shared_ptr<ending<nothing>>> ok_later;

    int begun = 0;
    int ended = 0;
    int cancelled = 0;
    int running = 0;
    int most_running = 0;

private:
    process* last_ = nullptr;
    std::list<memo> memos_;
};

}  // namespace unit

#endif
