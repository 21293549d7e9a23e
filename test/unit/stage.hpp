// Two programs in one context, on a server and a clock that outlive it: `a`, whose operation is looked at, and `b`, who is in its way.
#ifndef COTERIE_TEST_UNIT_STAGE_HPP
#define COTERIE_TEST_UNIT_STAGE_HPP

#include "group_world.hpp"

#include <coterie/memo_as.hpp>
#include <coterie/presence.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace unit {

// All there is to call, and what it has already.
struct program
{
    program(asio::io_context& io, std::shared_ptr<coterie::clock> const& clock, std::string const& url, std::string const& member)
        : client{io.get_executor(), url, on(clock)}
        , group{client, as(member)}
        , space{client, brief_presence()}
        , results{client, brief_memo()}
        , typed{client, brief_memo()}
    {
    }

    static coterie::client_config on(std::shared_ptr<coterie::clock> const& clock)
    {
        coterie::client_config how;
        how.clock = clock;
        return how;
    }

    static group_config as(std::string const& member)
    {
        group_config how;
        how.member = member;
        how.heartbeat = 1s;
        return how;
    }

    static coterie::presence_config brief_presence()
    {
        coterie::presence_config how;
        how.ttl = 1s;
        how.forget = 1s;
        how.shards = 1;
        return how;
    }

    static coterie::memo_config brief_memo()
    {
        coterie::memo_config how;
        how.lock_timeout = 1s;
        return how;
    }

    coterie::client client;
    coterie::group_connector group;
    coterie::presence space;
    coterie::memo results;
    coterie::memo_as<int> typed;

    std::optional<coterie::lock> held;
    coterie::leadership leads;
    coterie::member_events members;
    coterie::leader_events leaders;
    coterie::presence_events changes;
};

// What became of the operation.
struct outcome
{
    int times = 0;
    error_code error;
    std::shared_ptr<void> result;
    std::unique_ptr<program> owns;
    asio::cancellation_signal cancel;

    void set(error_code how) { error = how; }

    void set(std::exception_ptr thrown)
    {
        try
        {
            if (thrown)
                std::rethrow_exception(thrown);
        }
        catch (boost::system::system_error const& known)
        {
            error = known.code();
        }
    }
};

class stage
{
public:
    stage()
    {
        clock->run_for(*io, 0s);
        a = enter("a");
        b = enter("b");
    }

    std::unique_ptr<program> enter(std::string const& member) { return std::make_unique<program>(*io, clock, server.url(), member); }

    // The completion token of the operation that is looked at.
    auto answer()
    {
        return asio::bind_cancellation_slot(end->cancel.slot(), [end = end](auto error, auto... values) {
            ++end->times;
            end->set(error);
            end->result = std::make_shared<std::tuple<decltype(values)...>>(std::move(values)...);
        });
    }

    // Runs an operation that must succeed.
    template <class Operation>
    auto ok(Operation operation)
    {
        auto const done = std::make_shared<ending<value_of_t<Operation>>>();
        std::move(operation)([done](error_code error, auto... value) {
            ++done->times;
            done->error = error;
            if constexpr (sizeof...(value) == 1)
                done->value = std::get<0>(std::forward_as_tuple(std::move(value)...));
        });
        clock->run_until(*io, [&] { return done->times > 0; });
        BOOST_REQUIRE_MESSAGE(done->good(), done->error.message());
        return std::move(done->value);
    }

    // Runs one handler, or if none is ready, goes on to the next timer.
    void step()
    {
        io->restart();
        if (io->poll_one() == 0)
            clock->advance_to_next();
    }

    void run_for(coterie::clock::duration time) { clock->run_for(*io, time); }

    // The context ends in the middle of everything. The programs end before it or, if whoever waits for the operation owns his, as a
    // coroutine does, within its end.
    void die(bool within)
    {
        std::weak_ptr const waits = end;
        if (within)
        {
            end->owns = std::move(a);
            asio::post(*io, [b = std::move(b)] {});
        }
        end.reset();
        a.reset();
        b.reset();
        io = std::make_unique<asio::io_context>();
        BOOST_TEST(waits.expired());
        clock->run_for(*io, 0s);
    }

    std::shared_ptr<testing::virtual_clock> clock = std::make_shared<testing::virtual_clock>();
    testing::memory_server server{clock};
    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>();
    std::shared_ptr<outcome> end = std::make_shared<outcome>();
    std::unique_ptr<program> a;
    std::unique_ptr<program> b;
};

}  // namespace unit

#endif
