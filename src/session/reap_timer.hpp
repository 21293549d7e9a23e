// The timer for the next death in the group, and the reaping when it comes. What to do when is decided in core/reaper.hpp.
#ifndef COTERIE_SRC_SESSION_REAP_TIMER_HPP
#define COTERIE_SRC_SESSION_REAP_TIMER_HPP

#include "../core/reaper.hpp"
#include "session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace coterie::session {

class reap_timer
{
public:
    reap_timer(hub& shared, session& owner, std::function<void(core::event const&)> sink)
        : hub_{shared}
        , session_{owner}
        , sink_{std::move(sink)}
        , changed_{shared.strand(), shared.time()}
    {
    }

    void start(std::shared_ptr<void> keep_alive);
    void stop();
    void look();  // a lease with an earlier deadline came
    void on_beat(std::uint64_t beats, store::horizon const&, core::local_time received);

private:
    void on_seen(store::horizon const&, core::local_time received);
    task<> run();
    task<> reap();

    hub& hub_;
    session& session_;
    std::function<void(core::event const&)> sink_;
    signal changed_;
    bool started_ = false;
    bool stopped_ = false;
    core::beat_count counted_;
    std::uint64_t others_ = 0;  // who draw, by the last beat
    bool watches_ = false;      // drew it then
    std::optional<core::local_time> due_;
};

}  // namespace coterie::session

#endif
