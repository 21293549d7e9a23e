// One shard of a presence space, as its readers see it: the states of the ids that somebody reads, or of all, kept up by events and made
// good from history or by looking; and the timer for the next one whose time is over.
#ifndef COTERIE_SRC_SESSION_PRESENCE_FEED_HPP
#define COTERIE_SRC_SESSION_PRESENCE_FEED_HPP

#include "ask.hpp"
#include "early_events.hpp"
#include "hub.hpp"
#include "presence_stream.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace coterie::session {

class presence_feed final : public link_user
{
public:
    // `keep_alive` gives every coroutine started here a share of what owns it. `beat`: how often the shard is looked at without being asked.
    presence_feed(hub&, std::string address, store::presence_tempo, std::chrono::milliseconds beat, std::shared_ptr<bool const> closed,
                  std::function<std::shared_ptr<void>()> keep_alive);
    ~presence_feed();

    // From its completion on the stream has the states of these ids (nothing: of all), and gets what changes.
    task<error_code> add(std::shared_ptr<presence_stream>, std::optional<std::vector<std::string>> ids,
                         std::shared_ptr<caller_base> asking);
    void remove(presence_stream const*, std::vector<std::string> const& ids);
    void remove(presence_stream const*);
    void close();

private:
    struct known
    {
        core::presence_state state{};
        core::revision at = 0;   // not older than this
        bool looked_up = false;  // else `state` is what an event told before the look came
        std::set<presence_stream*, by_number> readers{};
    };

    std::string const& group() const override { return address_; }
    void on_link() override {}
    void on_event(core::event const&) override;
    void on_grant(store::grant const&) override {}
    void on_news(std::string const&, store::news const&) override {}
    void on_gap() override { catch_up(); }

    task<error_code> follow(std::shared_ptr<caller_base> asking);
    task<error_code> look(std::vector<std::string> ids, bool resynced, std::shared_ptr<caller_base> asking);
    task<error_code> begin_to_read_all(presence_stream&, std::shared_ptr<caller_base> asking);
    std::vector<std::string> begin_to_read(presence_stream&, std::vector<std::string> const& ids);
    task<error_code> read_all(bool resynced, std::shared_ptr<caller_base> asking);
    task<error_code> read_pages(bool resynced, std::shared_ptr<caller_base> asking);
    void tell(std::string const& id, core::presence_state const&, core::revision at, bool resynced);
    void apply(core::event const&);
    void catch_up();
    task<> repair();
    task<error_code> repair_once();
    task<> watch_deadlines();
    task<> lapse();
    task<> catch_up_later(core::revision expected);
    bool is_unread(known const&) const;
    bool is_read() const { return !whole_.empty() || !read_.empty(); }
    void stop_if_unread();

    hub& hub_;
    std::string address_;
    store::presence_tempo tempo_;
    std::chrono::milliseconds beat_;
    std::shared_ptr<bool const> closed_;
    std::function<std::shared_ptr<void>()> keep_alive_;
    std::map<std::string, known, std::less<>> read_;  // what is known of ids; while somebody reads all: of all that are there
    std::set<presence_stream*, by_number> whole_;     // who read all
    unsigned opening_ = 0;                            // adds under way
    unsigned reading_all_ = 0;
    unsigned deserted_ = 0;   // how often the last of those who read all has gone
    bool all_read_ = false;   // read_ has all who are there
    bool followed_ = false;   // events are heard and applied
    bool following_ = false;  // ... or about to be
    bool repairing_ = false;
    bool again_ = false;
    bool timing_ = false;
    bool watches_ = true;     // for whose time is over: drew it at the last beat
    early_events meanwhile_;  // while following or repairing
    // The last event applied. 0: there was none, so that whatever is known of later has no place in a stream that begins, it may be another one.
    core::revision reached_ = 0;
    static constexpr core::revision nowhere = 1;  // follows no event and precedes none
    std::optional<core::local_time> due_;         // when somebody's time is over
    core::local_time next_beat_{};
    signal changed_;
};

}  // namespace coterie::session

#endif
