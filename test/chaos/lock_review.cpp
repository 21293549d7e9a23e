#include "review.hpp"

#include "test/checkers/hold_checker.hpp"
#include "test/checkers/lock_checker.hpp"

namespace coterie::chaos {
namespace {

// A holder believes that he holds a lock from the first time that he says so to the last one. He reads the time before he looks, so
// that he is not to be blamed for what happened while he was stopped in between.
class lock_reviewer : public reviewer
{
public:
    explicit lock_reviewer(history const& all)
    {
        for (auto const& one : all.entries())
            if (auto const read = words_of(one.text); read.at(0) == "believes")
                last_belief_[number_in<int>(read.at(1))] = one.time;
    }

    void read(entry const& line, words const& read) override
    {
        now_ = line.time;
        if (read[0] == "asks")
            return ask(line, read);
        if (read[0] == "kills" || read[0] == "closes")
            return;
        if (read[0] != "believes" && read[0] != "lost" && read[0] != "returns" && read[0] != "denied")
            return;
        auto const number = number_in<int>(read.at(1));
        auto const known = acquisitions_.find(number);
        if (known == acquisitions_.end())
            throw checkers::violation{"somebody has what he did not ask for"};
        auto& one = known->second;
        if (read[0] == "believes")
        {
            look(number, true, nanoseconds{number_in<nanoseconds::rep>(read.at(3))});
            if (one.fence == 0)
            {
                one.fence = number_in<std::uint64_t>(read.at(2));
                locks_.on_granted(one);
            }
        }
        else if (read[0] == "lost")
        {
            look(number, false, {});
        }
        else
        {
            locks_.on_given_up(one);
            locks_.on_released(one);
            acquisitions_.erase(known);
        }
    }

private:
    void ask(entry const& line, words const& read)
    {
        auto const number = number_in<int>(read.at(1));
        auto& one = acquisitions_[number];
        one.number = number;
        one.process = line.process;
        one.mode = read.at(2) == "shared" ? lock_mode::shared : read.at(2) == "permit" ? lock_mode::permit : lock_mode::exclusive;
        one.limit = number_in<std::uint32_t>(read.at(3));
        one.waits = read.at(4) == "waits";
        one.names = list_in(read.at(5));
        one.asked_at = moment_of(line.time);
        auto const last = last_belief_.find(number);
        one.believed = [this, until = last != last_belief_.end() ? last->second : nanoseconds{}] { return until >= now_; };
        locks_.on_asked(one);
    }

    void look(int number, bool believed, nanoseconds deadline)
    {
        checkers::hold_seen seen;
        seen.number = number;
        seen.at = moment_of(now_);
        seen.believed = believed;
        seen.deadline = moment_of(deadline);
        holds_.on_seen(seen);
    }

    std::map<int, nanoseconds> last_belief_;
    std::map<int, checkers::acquisition> acquisitions_;
    checkers::lock_checker locks_{false};
    checkers::hold_checker holds_;
    nanoseconds now_{};
};

}  // namespace

std::unique_ptr<reviewer> review_locks(history const& all)
{
    return std::make_unique<lock_reviewer>(all);
}

}  // namespace coterie::chaos
