// For tests of programs that use coterie: a clock that jumps, and a store in this process that fails on demand.
//
//     asio::io_context io;
//     auto clock = std::make_shared<coterie::testing::virtual_clock>();
//     coterie::testing::memory_server server{clock};
//     // ... clients of server.url(), on `clock` and `io`
//     server.freeze();
//     clock->run_for(io, 10s);  // ten seconds of their lives, in a moment
#ifndef COTERIE_TESTING_HPP
#define COTERIE_TESTING_HPP

#include <coterie/clock.hpp>
#include <coterie/error.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::testing {

// A clock that stands still until it is told to go on. Starts at the time point of 1000 s, and at 2026-01-01 00:00 UTC of the day.
//
// Lifetimes: timers under way are dropped with the io_context given to run(), run_for() or run_until(); without these, the clock
// must be destroyed before the contexts of its handlers.
// Executor: handlers are posted to the io_context given last to one of the three, and go on to their associated executor.
// Thread safety: all members may be called from any thread; yet only a test with one thread has a repeatable order.
class virtual_clock final : public clock
{
public:
    virtual_clock();
    ~virtual_clock() override;
    virtual_clock(virtual_clock const&) = delete;
    virtual_clock& operator=(virtual_clock const&) = delete;

    time_point now() const noexcept override;
    std::chrono::system_clock::time_point wall() const noexcept override;
    timer_id schedule(time_point when, boost::asio::any_completion_handler<void()> handler) override;
    void cancel(timer_id) override;

    // Moves the time on, and submits the handlers of the timers that are due then. A negative duration does nothing.
    void advance(duration);

    // Moves the time on to the next timer, however far away, and submits its handler. False: there is no timer.
    bool advance_to_next();

    // Runs the context's handlers until none is ready, then jumps to the next timer, and so on until there is neither.
    // A connector's heartbeats never end: close it first, or use one of the next two.
    void run(boost::asio::io_context&);

    // The same for a given time: the clock has moved on by exactly that when it returns.
    void run_for(boost::asio::io_context&, duration);

    // The same until the condition is true, asked for after each handler. False: it did not become true within `limit` of
    // virtual time, or there is nothing left to run.
    bool run_until(boost::asio::io_context&, std::function<bool()> condition, duration limit = std::chrono::hours{1});

    // Moves the time of day alone, forwards or backwards, as an administrator or NTP does. Deadlines must not care.
    void step_wall(duration);

    // How many timers wait.
    std::size_t timers() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

namespace detail {

void start_sleep(std::shared_ptr<clock>, clock::duration, boost::asio::any_completion_handler<void(error_code)>);

}  // namespace detail

// Waits on any clock, so that a service under test can sleep on the same clock as coterie does.
//
// Completion signature: void(error_code).
// Lifetimes: the clock is kept alive until it is over.
// Executor: completes by the handler's associated executor, never from inside the call.
// Cancellation: total; completes with asio::error::operation_aborted.
// Errors: none but that one. A duration of 0 or less completes at once.
// Thread safety: as the clock's; cancel on the handler's executor.
template <typename Token = boost::asio::deferred_t>
auto async_sleep(std::shared_ptr<clock> on, clock::duration duration, Token&& token = Token())
{
    return boost::asio::async_initiate<Token, void(error_code)>(
        [](auto handler, std::shared_ptr<clock> where, clock::duration how_long) {
            detail::start_sleep(std::move(where), how_long, std::move(handler));
        },
        token, std::move(on), duration);
}

// A request as it reaches the server.
struct request
{
    std::uint64_t connection = 0;  // counts the connections made to this server, from 1
    std::uint64_t index = 0;       // counts the requests made to this server, from 1
    std::string_view operation;    // "open", "beat", "join", ... as in docs/protocol.md; "watch" for a subscription
    std::string_view group;
};

// What shall become of a request.
struct request_fault
{
    enum class kind
    {
        none,
        drop_before,        // never arrives, nor does any later one on this connection; the client gives up after its response timeout
        drop_after,         // takes effect; neither its reply nor any later one on this connection comes
        refuse,             // answered with an error of the server, with these words; no effect
        disconnect_before,  // the connection breaks, with no effect
        disconnect_after,   // the connection breaks, after it took effect
        resent,             // the server has lost its scripts, and says so; sent once more, behind what was sent in the meantime
    };

    kind what = kind::none;
    clock::duration delay{};                 // on its way; later ones of the same connection wait behind it
    std::string words = "ERR told to fail";  // for `refuse`
    clock::duration reply_delay{};           // of its reply, on the way back: later replies wait behind it, pushes do not
};

// An event, the grant of a lock, or news of a memoised result, on its way to one subscriber.
struct push
{
    std::uint64_t connection = 0;
    std::uint64_t index = 0;  // counts the pushes of this server, from 1
    std::string_view group;
    std::uint64_t revision = 0;  // of the event; 0: a grant, news, or the word that a lease ends sooner than others
};

// What shall become of a push.
struct push_fault
{
    enum class kind
    {
        none,
        drop,       // silently lost
        duplicate,  // comes twice
    };

    kind what = kind::none;
    clock::duration delay{};  // on its way; later ones of the same connection wait behind it
};

// A store server in this process, under a name of its own, that keeps what Redis would keep and fails when told to.
//
// Lifetimes: clients hold the server by themselves; when this handle is gone, its URL means a new, empty server, without faults.
// Time: the server's clock starts at the time of day of `clock` and goes on with its now().
// Thread safety: all members may be called from any thread. The functions given to on_request() and on_push() are called under the
// server's lock, on the thread that makes the request: they may call the server, but must not block.
class memory_server
{
public:
    explicit memory_server(std::shared_ptr<clock>);
    ~memory_server();
    memory_server(memory_server const&) = delete;
    memory_server& operator=(memory_server const&) = delete;

    // For clients: "memory:<name>". Another string for each server.
    std::string const& url() const noexcept;

    // Asked about each request or push from now on; an empty function: no faults. A delayed request arrives even if its
    // connection has broken since, possibly after requests of newer connections: that is what a real network does.
    void on_request(std::function<request_fault(request const&)>);
    void on_push(std::function<push_fault(push const&)>);

    // Loses every push from now on (true), or not.
    void drop_pushes(bool);

    // All data is gone, as after a restart without persistence; connections stay. Groups get a new epoch.
    void lose_data();

    // A replica takes what there is now, and follows no more, until it takes over: then all that was done since is undone, and every
    // connection breaks. Without a replica it takes over with nothing.
    void copy_to_replica();
    void fail_over();

    // Answers nothing, to new connections neither, while its time goes on. thaw() does what came in the meantime, in order.
    void freeze();
    void thaw();

    // New connections fail at once (true), or not. Those that exist stay.
    void refuse_connections(bool);

    // Breaks every connection that exists; clients make new ones.
    void disconnect_all();

    // Out of memory (true): join, lock and put are refused with "OOM ...", everything else works.
    void full(bool);

    // How many replicas it is said to have, all of them up to date: see lock_options::min_replicas. 0 at first.
    void replicas(unsigned);

    // Moves the server's clock alone, forwards or backwards.
    void step_time(clock::duration);

    // How many connections exist.
    std::size_t connections() const;

    // The groups that hold a lease, member, lock or value, sorted; recent history alone does not count.
    std::vector<std::string> groups() const;

    // What a group holds, a line each, sorted: for comparing and for looking at.
    std::string dump(std::string_view group) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace coterie::testing

#endif
