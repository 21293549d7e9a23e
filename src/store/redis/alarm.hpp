// One timer on the injected clock: set it again and the earlier setting is forgotten.
#ifndef COTERIE_SRC_STORE_REDIS_ALARM_HPP
#define COTERIE_SRC_STORE_REDIS_ALARM_HPP

#include "../store.hpp"

#include <coterie/clock.hpp>

#include <boost/asio/bind_executor.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace coterie::redis {

class alarm
{
public:
    alarm(store::executor executor, std::shared_ptr<clock> clock)
        : executor_{std::move(executor)}
        , clock_{std::move(clock)}
        , state_{std::make_shared<state>()}
    {
    }

    alarm(alarm const&) = delete;
    alarm& operator=(alarm const&) = delete;
    ~alarm() { clear(); }

    bool is_set() const noexcept { return state_->set; }

    template <class Function>
    void set(clock::time_point when, Function function)
    {
        clear();
        state_->set = true;
        auto ring = [state = state_, setting = state_->setting, function = std::move(function)]() mutable {
            // A clock invokes the handlers of cancelled timers too.
            if (!state->set || state->setting != setting)
                return;
            state->set = false;
            function();
        };
        timer_ = clock_->schedule(when, boost::asio::bind_executor(executor_, std::move(ring)));
    }

    void clear()
    {
        if (!state_->set)
            return;
        state_->set = false;
        ++state_->setting;
        clock_->cancel(timer_);
    }

private:
    struct state
    {
        std::uint64_t setting = 0;
        bool set = false;
    };

    store::executor executor_;
    std::shared_ptr<clock> clock_;
    std::shared_ptr<state> state_;
    clock::timer_id timer_ = 0;
};

}  // namespace coterie::redis

#endif
