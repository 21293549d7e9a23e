// One at a time for each key, in the order they came: so that a release and the next acquisition of one lock never overtake
// each other, in this process or on their way to the store.
#ifndef COTERIE_SRC_SESSION_TURNSTILE_HPP
#define COTERIE_SRC_SESSION_TURNSTILE_HPP

#include "signal.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coterie::session {

class turnstile
{
    struct ticket
    {
        signal called;
        bool admitted = false;
    };
    using lines = std::map<std::string, std::deque<std::shared_ptr<ticket>>>;

public:
    // The right to act on one key. The destructor lets the next one in.
    class turn
    {
    public:
        turn() = default;
        turn(turnstile& owner, lines::iterator at) : owner_{&owner}, at_{at} {}
        turn(turn&& other) noexcept : owner_{std::exchange(other.owner_, nullptr)}, at_{other.at_} {}
        turn& operator=(turn&& other) noexcept
        {
            std::swap(owner_, other.owner_);
            std::swap(at_, other.at_);
            return *this;
        }
        ~turn()
        {
            if (owner_ != nullptr)
                owner_->leave(at_);
        }

        explicit operator bool() const { return owner_ != nullptr; }

    private:
        turnstile* owner_ = nullptr;
        lines::iterator at_{};
    };

    turnstile(executor strand, clock& time) : strand_{std::move(strand)}, time_{&time} {}

    using late_word = std::function<void()>;

    // Empty: `until` came first.
    task<turn> enter(std::string key, core::local_time until = never) { return enter(std::move(key), until, late_word{}); }

    // When `until` comes first: `late` is called, if there is one, and the turn comes later.
    task<turn> enter(std::string key, core::local_time until, late_word late)
    {
        auto const [at, first] = lines_.try_emplace(std::move(key));
        if (first)
            co_return turn{*this, at};

        auto const mine = std::make_shared<ticket>(ticket{signal{strand_, *time_}});
        at->second.push_back(mine);
        while (!mine->admitted)
            if (co_await mine->called.wait(until) || mine->admitted)
                continue;
            else if (late)
            {
                std::exchange(late, {})();
                until = never;
            }
            else
            {
                std::erase(at->second, mine);
                co_return turn{};
            }
        co_return turn{*this, at};
    }

    bool is_busy(std::string const& key) const { return lines_.contains(key); }

    // Where somebody is at it.
    std::vector<std::string> keys() const
    {
        std::vector<std::string> result;
        for (auto const& [key, line] : lines_)
            result.push_back(key);
        return result;
    }

private:
    void leave(lines::iterator at)
    {
        if (at->second.empty())
        {
            lines_.erase(at);
            return;
        }
        auto const next = at->second.front();
        at->second.pop_front();
        next->admitted = true;
        next->called.notify();
    }

    executor strand_;
    clock* time_;
    lines lines_;
};

}  // namespace coterie::session

#endif
