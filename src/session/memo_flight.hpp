// All who want one memoised result in this process, and what is done for them together: a look at the store for all who came before it, one generation
// at a time, one watch. docs/architecture.md, "Memo", tells why an answer was right at some time after its caller came.
#ifndef COTERIE_SRC_SESSION_MEMO_FLIGHT_HPP
#define COTERIE_SRC_SESSION_MEMO_FLIGHT_HPP

#include "memo_generation.hpp"
#include "submit.hpp"

#include <coterie/memo_types.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coterie::session {

class memo_table;

class memo_flight : public std::enable_shared_from_this<memo_flight>
{
public:
    memo_flight(memo_table&, std::string id);

    void join(std::shared_ptr<memo_waiter>);

    // Ends when nobody waits any more and nothing is being generated.
    task<> run();

    // Changed from here: what is told with a smaller fence is not for those who come later.
    void outdate(std::uint64_t fence) { floor_ = std::max(floor_, fence); }

    void on_news(store::news const&);
    void on_gap();
    void on_link();
    void close();

private:
    using waiter_ptr = std::shared_ptr<memo_waiter>;
    using look_outcome = outcome<store::memo_look::reply>;

    struct other_generation
    {
        std::uint64_t fence = 0;
        core::local_time until{};
    };

    static std::uint64_t oldest_of(memo_generation const&, bool refresh);
    bool look_is_due() const;
    bool is_leader(memo_waiter const& one) const { return generation_ && generation_->leader.get() == &one; }
    bool is_served(memo_waiter const& one) const { return generation_ && one.served_by == generation_.get(); }
    core::local_time ends_at(memo_waiter const&) const;
    core::local_time next_end() const;
    core::local_time next_wake() const;
    void turn_away();
    void fall_back();
    void forget_the_answered();

    task<> look();
    task<> hear(look_outcome got, std::uint64_t number, std::uint64_t ticket);
    void answer_the_covered(store::memo_look::reply const&, std::uint64_t number, bool fresh);
    waiter_ptr first_who(std::function<bool(memo_waiter const&)> const&) const;
    waiter_ptr who_may_do_without_the_store() const;
    void refuse(error_code why, std::uint64_t number);
    void listen();

    enum class place
    {
        leader,
        background,
    };
    std::shared_ptr<memo_generation> lease(std::uint64_t fence, core::local_time end) const;
    void begin(std::shared_ptr<memo_generation>, waiter_ptr const& whose, place);
    task<> conclude();
    task<> fail(std::shared_ptr<memo_generation>, std::exception_ptr);
    void wait_for_external(memo_generation const&);
    task<> publish(std::shared_ptr<memo_generation>, memo_result);
    task<> give_up(std::shared_ptr<memo_generation>);
    void end_generation();

    template <class Operation>
    task<outcome<typename Operation::reply>> say(std::shared_ptr<memo_generation>, Operation);
    template <class Operation>
    task<outcome<typename Operation::reply>> ask(Operation);

    memo_table& table_;
    std::shared_ptr<hub> hub_;
    std::string id_;
    std::string address_;
    std::vector<waiter_ptr> waiters_;
    std::shared_ptr<memo_generation> generation_;
    std::optional<other_generation> other_;  // elsewhere, or what an external generator has begun
    std::string token_;                      // of the next generation; empty: to be drawn
    core::local_time token_since_{};
    std::uint64_t looks_ = 0;           // sent
    std::uint64_t told_meanwhile_ = 0;  // the newest fence of the news that came since the last look was sent
    std::uint64_t floor_ = 0;           // fences below it are of what was before a change made here
    bool look_again_ = false;
    bool usable_ = false;    // the last look found what can be given while somebody generates
    bool watching_ = false;  // news are heard, or soon
    bool over_ = false;
    bool deaf_ = false;                              // ... or cannot be: look now and then
    std::optional<core::local_time> wanting_since_;  // looks, and getting none
    core::local_time pause_until_{};
    core::local_time sleeps_until_ = never;
    error_code trouble_ = errc::not_connected;  // why the last look gave nothing
    signal changed_;
};

// One request. Who will not wait for its answer is turned away meanwhile.
template <class Operation>
task<outcome<typename Operation::reply>> memo_flight::ask(Operation operation)
{
    outcome<typename Operation::reply> result;
    result.sent = hub_->now();
    auto const asked = send(*hub_, address_, std::move(operation));
    while (!asked->answer)
    {
        co_await asked->answered.wait(next_end());
        turn_away();
    }
    result.ec = asked->answer->first;
    if (!result.ec)
        result.value = std::get<typename Operation::reply>(std::move(asked->answer->second));
    co_return result;
}

}  // namespace coterie::session

#endif
