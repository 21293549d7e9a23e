// What the connectors of one client share: the strand, the clock, the store, counters and the log. Passes on what the store reports.
#ifndef COTERIE_SRC_SESSION_HUB_HPP
#define COTERIE_SRC_SESSION_HUB_HPP

#include "../store/store.hpp"
#include "counters.hpp"
#include "signal.hpp"

#include <coterie/client.hpp>

#include <fmt/format.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace coterie::session {

// One connector, as the hub sees it.
class link_user
{
public:
    virtual std::string const& group() const = 0;
    virtual void on_link() = 0;  // up() or generation() changed
    virtual void on_event(core::event const&) = 0;
    virtual void on_grant(store::grant const&) = 0;
    virtual void on_news(std::string const& address, store::news const&) = 0;  // of any
    virtual void on_gap() = 0;

protected:
    ~link_user() = default;
};

class hub final : private store::observer
{
public:
    // Destroyed on its strand, whoever gives up the last share.
    static std::shared_ptr<hub> make(asio::any_io_executor, std::string_view url, client_config);
    ~hub();

    hub(asio::any_io_executor, std::string_view url, client_config);  // use make()

    asio::any_io_executor const& user_executor() const { return user_executor_; }
    executor const& strand() const { return strand_; }
    clock& time() const { return *config_.clock; }
    core::local_time now() const { return config_.clock->now(); }
    client_config const& config() const { return config_; }
    counters& count() { return counters_; }
    counters const& count() const { return counters_; }

    // On the strand only, from here on.

    store::store& storage();  // connects, the first time
    bool up() const { return up_; }
    std::uint64_t generation() const { return generation_; }
    bool failing() const { return failing_; }  // the last try to connect did
    error_code why_down() const { return why_down_; }
    signal& link_changed() { return link_changed_; }

    void attach(link_user& user) { users_.push_back(&user); }
    void detach(link_user& user) { std::erase(users_, &user); }

    // Several connectors may watch one topic, each for itself: the store hears that a watch ended when the last one did.
    void watch(void const* who, store::topic const&, store::store::watch_handler);
    void unwatch(void const* who, store::topic const&);

    // The last epoch that any session here was told of: a new session of the group may be the first to see another.
    std::string& epoch_of(std::string const& group) { return epochs_[group]; }

    double chance() { return std::uniform_real_distribution<double>{}(random_); }
    std::string random_id();  // 16 characters of [A-Za-z0-9_-]

    template <class... Args>
    void log(log_level level, fmt::format_string<Args...> text, Args&&... args) const
    {
        if (config_.log.sink && level >= config_.log.level)
            config_.log.sink(level, fmt::format(text, std::forward<Args>(args)...));
    }

private:
    void on_up(std::uint64_t generation) override;
    void on_down(error_code why) override;
    void on_event(std::string const& group, core::event const&) override;
    void on_grant(std::string const& group, store::grant const&) override;
    void on_news(std::string const& address, store::news const&) override;
    void on_gap() override;

    asio::any_io_executor user_executor_;
    executor strand_;
    client_config config_;
    std::unique_ptr<store::store> store_;
    bool started_ = false;
    bool up_ = false;
    bool failing_ = false;
    std::uint64_t generation_ = 0;
    error_code why_down_ = errc::not_connected;
    signal link_changed_;
    std::vector<link_user*> users_;
    std::map<store::topic, std::set<void const*>> watching_;
    std::map<std::string, std::string> epochs_;
    counters counters_;
    std::mt19937_64 random_;
};

}  // namespace coterie::session

#endif
