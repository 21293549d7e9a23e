// The membership as this connector sees it, kept up by events and made good from history or a snapshot, and the streams that read it.
#ifndef COTERIE_SRC_SESSION_WATCHER_HPP
#define COTERIE_SRC_SESSION_WATCHER_HPP

#include "../core/roster.hpp"
#include "early_events.hpp"
#include "session.hpp"
#include "stream.hpp"

#include <coterie/options.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class watcher
{
public:
    watcher(hub& shared, session& owner, std::string group, std::function<std::shared_ptr<void>()> keep_alive);

    // From any thread.
    std::vector<member> members() const;
    core::revision revision() const;

    // On the strand.
    task<outcome<core::roster>> read(std::shared_ptr<caller_base> asking);  // from the store; nobody past his deadline
    task<outcome<std::shared_ptr<stream>>> open(std::string role, watch_options, std::shared_ptr<caller_base> asking);  // see stream
    void on_event(core::event const&);
    void on_own_event(core::event const&);      // from a reply: those before it may still be on their way
    void on_last_event(core::revision newest);  // from a beat
    void catch_up();                            // events may have been lost
    void close();

private:
    std::shared_ptr<stream> make_stream(std::string role, std::size_t buffer);
    void on_stream_gone();
    task<error_code> follow(std::shared_ptr<caller_base> asking);
    task<> repair();
    task<error_code> repair_once();
    task<> catch_up_later(core::revision expected);
    task<error_code> replay(stream&, core::revision from, std::shared_ptr<caller_base> asking);
    void deliver(core::delta const&);
    void stop_following_unread();

    hub& hub_;
    session& session_;
    std::string group_;
    std::function<std::shared_ptr<void>()> keep_alive_;

    mutable std::mutex mutex_;  // members() and revision() read the roster from other threads; only the strand writes it
    core::roster roster_;

    std::vector<std::weak_ptr<stream>> streams_;
    bool followed_ = false;      // the roster is kept up
    bool following_ = false;     // ... or about to be
    unsigned opening_ = 0;       // streams that are not in streams_ yet
    bool repairing_ = false;     // repair() runs
    bool again_ = false;         // ... and has to look once more
    bool anew_ = false;          // ... at everybody
    unsigned left_out_for_ = 0;  // so many beats the roster has left out somebody whose leaving is not announced
    bool buffering_ = false;     // events wait in meanwhile_
    bool closed_ = false;
    early_events meanwhile_;
    signal changed_;
};

}  // namespace coterie::session

#endif
