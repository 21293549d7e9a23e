// One connector: puts the parts together, and passes on what comes from above (operations) and from below (the store).
#ifndef COTERIE_SRC_SESSION_CONNECTOR_HPP
#define COTERIE_SRC_SESSION_CONNECTOR_HPP

#include "caller.hpp"
#include "data_table.hpp"
#include "hub.hpp"
#include "lock_table.hpp"
#include "member_table.hpp"
#include "reap_timer.hpp"
#include "session.hpp"
#include "watcher.hpp"

#include <coterie/options.hpp>

#include <memory>
#include <string>

namespace coterie::session {

class connector final : public std::enable_shared_from_this<connector>, private link_user, private attachments
{
public:
    // Destroyed on its strand, whoever gives up the last share.
    static std::shared_ptr<connector> make(std::shared_ptr<hub>, group_config);
    ~connector();

    connector(std::shared_ptr<hub>, group_config);  // use make()

    // From any thread.
    hub& shared() const { return *hub_; }
    group_config const& config() const { return config_; }
    std::string const& group() const override { return config_.group_name; }
    watcher const& view() const { return watcher_; }
    void close_in_background();
    void release_in_background(std::shared_ptr<hold>);

    // On the strand.
    session& lease_session() { return session_; }
    member_table& members() { return members_; }
    lock_table& locks() { return locks_; }
    data_table& data() { return data_; }
    watcher& watch() { return watcher_; }

    void need_session();
    void register_caller(std::shared_ptr<caller_base> const&);
    bool closing() const { return closing_; }
    task<> close(std::shared_ptr<caller<>> asking);

private:
    void on_link() override;
    void on_event(core::event const& event) override;
    void on_grant(store::grant const& granted) override { locks_.on_grant(granted); }
    void on_news(std::string const&, store::news const&) override {}  // a group has none
    void on_gap() override { watcher_.catch_up(); }

    task<error_code> verify(store::caller who, bool resumed) override;
    task<error_code> restore(store::caller who) override;
    task<error_code> restore_some(store::caller who);
    void on_lease_lost(core::lease const& lease) override { locks_.on_lease_lost(lease); }
    void on_beat(std::uint64_t beats, store::horizon const&, core::local_time received) override;
    task<> on_beaten(store::caller who) override;
    void on_last_event(core::revision newest) override { watcher_.on_last_event(newest); }
    void on_epoch() override;
    std::uint64_t fence_floor() const override { return locks_.fence_floor(); }

    std::shared_ptr<hub> hub_;
    group_config config_;
    session session_;
    watcher watcher_;
    member_table members_;
    lock_table locks_;
    data_table data_;
    reap_timer reap_timer_;
    caller_list callers_;
    bool attached_ = false;
    bool values_first_ = false;  // when the next ones are restored
    bool closing_ = false;
    bool closed_ = false;
    signal closed_signal_;
};

}  // namespace coterie::session

#endif
