// One history: processes run a program, what the plan says goes wrong, then all comes to rest. A program derives from this, in a file
// of its own in programs/, and adds a line to programs.cpp.
#ifndef COTERIE_TEST_SIMULATION_HISTORY_HPP
#define COTERIE_TEST_SIMULATION_HISTORY_HPP

#include "plan.hpp"
#include "world.hpp"

#include "test/checkers/punctuality.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace coterie::simulation {

using checkers::violation;
using tracer = std::function<void(std::string const&)>;
using counts = std::map<std::string, std::uint64_t>;

struct setting
{
    std::uint64_t seed;
    stage& where;
    tracer const& trace;  // hears what happens, if it is not empty
    int acts;             // how long it is
};

// What checkers must know of: it excuses some promises for a while.
enum class trouble
{
    disturbed,  // a process, a connection or the server stood still or broke: nobody is punctual
    lost_data,
    replica_behind,  // it follows no more: what is done from now on is undone by a failover
    failover,
    clock_step,
};

class history : protected world
{
public:
    explicit history(setting const&);
    virtual ~history() = default;

    // To its end. Throws a violation.
    counts run();

protected:
    // Something that a program may do, drawn at random.
    virtual void act() = 0;

    // Called often: what can be checked at any time.
    virtual void look() {}

    // A process began; or it is over (nothing of it will be heard of any more; `killed`: its lease goes on).
    virtual void on_begun(process&) {}
    virtual void on_over(process&, bool /*killed*/) {}

    virtual void on_trouble(trouble) {}

    // Nothing goes wrong any more: what must be true in the end.
    virtual void come_to_rest() = 0;

    template <class... Args>
    void say(fmt::format_string<Args...> text, Args&&... args)
    {
        if (trace_)
            trace_(fmt::format("{:>9.3f}  {}", checkers::seconds(now() - begin_), fmt::format(text, std::forward<Args>(args)...)));
    }

    process* any_running();

    // The same handler, for an operation that cancel_one() may cancel.
    template <class Handler>
    auto cancellable(Handler handler)
    {
        return asio::bind_cancellation_slot(signals_.emplace_back().slot(), std::move(handler));
    }

    // One of the last that were begun: it may have ended.
    void cancel_one();

    // Runs on until it is true; for at most so long, or the promise is broken.
    void require_soon(milliseconds limit, std::string const& promise, std::function<bool()> const& condition);

    // Until when the lease of a member's connector lasts, by the store.
    std::optional<moment> lease_end(std::string const& member) const;

    // What everybody is told of at once is told of by now + this.
    moment told_within() const;
    milliseconds spare() const;

    plan const plan_;
    bool disturbed_ = false;  // now, by the noise of the plan
    checkers::punctuality due_;
    counts counts_;

private:
    void live();
    process& begin_process();
    void end_process(process&, bool killed);
    void replace(process&);
    void set_noise(bool);
    void break_something();
    void outage(std::string_view words, std::function<void(bool)> const& switch_it);
    void cut_off(process&);
    void fail_over();
    void check_reconnect();
    void reach_server(process&, std::string const& expectation);
    void told(trouble);

    tracer const& trace_;
    moment const begin_;
    int const acts_;
    int processes_made_ = 0;
    std::optional<moment> fails_over_at_;
    milliseconds clock_behind_{0};  // the server's, behind the latest it has shown: at most
    std::deque<asio::cancellation_signal> signals_;
};

}  // namespace coterie::simulation

#endif
