// Hears the events of groups, the grants to sessions and the news of memoised results, over a link of its own: on one connection with commands, unread pushes would hold up replies.
#ifndef COTERIE_SRC_STORE_REDIS_SUBSCRIBER_HPP
#define COTERIE_SRC_STORE_REDIS_SUBSCRIBER_HPP

#include "../store.hpp"
#include "alarm.hpp"
#include "link.hpp"
#include "logger.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace coterie::redis {

class subscriber : public std::enable_shared_from_this<subscriber>
{
public:
    struct listener
    {
        std::function<void(std::string const& group, core::event const&)> on_event;
        std::function<void(std::string const& group, store::grant const&)> on_grant;
        std::function<void(std::string const& address, store::news const&)> on_news;
        std::function<void()> on_gap;
    };

    // An idle link is asked this often whether it is still there.
    static constexpr std::chrono::milliseconds ping_interval{1000};

    // A wish that was kept and is refused now is tried again so often: rights may be given back.
    static constexpr std::chrono::milliseconds retry_interval{2000};

    subscriber(std::shared_ptr<link>, store::executor, std::shared_ptr<clock>, logger);

    void start(listener hears) { listener_ = std::move(hears); }
    void stop();

    // The first one opens the link.
    void watch(store::topic const&, store::store::watch_handler);
    void unwatch(store::topic const&);

private:
    using error_code = boost::system::error_code;

    enum class answer
    {
        none,
        confirmed,
        refused,
    };

    struct watched
    {
        std::uint64_t number = 0;     // of this wish: an answer to an earlier one of the same topic is not for it
        answer given = answer::none;  // on this connection
        bool kept = false;            // somebody was told that it is, and counts on it
        std::vector<store::store::watch_handler> waiting;
    };

    void open();
    void on_up();
    void on_down(error_code);
    void on_push(resp_value const&);
    void subscribe(store::topic const&, std::uint64_t number);
    void on_answer(store::topic const&, std::uint64_t number, resp_value const&);
    void confirm(watched&);
    void refuse(store::topic const&, std::string const& why);
    void retry_refused();
    void tell_gap();
    void complete(watched&, error_code);
    void ping_later();
    void ping();

    std::shared_ptr<link> link_;
    store::executor executor_;
    std::shared_ptr<clock> clock_;
    logger log_;
    listener listener_;
    alarm ping_alarm_;
    alarm retry_alarm_;
    std::map<store::topic, watched> wishes_;
    std::uint64_t next_number_ = 1;
    bool gap_ = false;  // events may have been missed; told when all wishes are answered again
    bool stopped_ = false;
};

}  // namespace coterie::redis

#endif
