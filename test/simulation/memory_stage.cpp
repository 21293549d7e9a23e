// The server in memory, on a clock that jumps: what happens follows from the seed alone.
#include "stage.hpp"

#include <coterie/testing.hpp>

#include <array>
#include <map>
#include <random>
#include <set>

namespace coterie::simulation {
namespace {

using namespace std::chrono_literals;
using fault = testing::request_fault::kind;
using push_fault = testing::push_fault::kind;

class memory_stage final : public stage
{
public:
    explicit memory_stage(std::uint64_t seed) : random_{~seed}
    {
        server_.on_request([this](testing::request const& what) { return fate(what); });
        server_.on_push([this](testing::push const& what) { return fate(what); });
    }
    ~memory_stage() override
    {
        server_.on_request({});
        server_.on_push({});
    }

    std::shared_ptr<coterie::clock> clock() override { return clock_; }
    void enter(asio::io_context& home) override { clock_->run_for(home, 0s); }
    bool pass_time() override { return clock_->advance_to_next(); }
    double pace() const override { return 1; }
    moment slack() const override { return {}; }
    std::string url(int) override { return server_.url(); }
    void acting(int process) override { acting_ = process; }
    void disturb(bool requests, bool pushes) override
    {
        requests_ = requests;
        pushes_ = pushes;
    }
    void disconnect_all() override { server_.disconnect_all(); }
    void cut_off(int process, bool yes) override
    {
        if (yes)
            cut_off_.insert(process);
        else
            cut_off_.erase(process);
    }
    void refuse_connections(bool yes) override { server_.refuse_connections(yes); }
    void freeze() override { server_.freeze(); }
    void thaw() override { server_.thaw(); }
    void lose_data() override { server_.lose_data(); }
    bool can_fail_over() const override { return true; }
    void copy_to_replica() override { server_.copy_to_replica(); }
    void fail_over() override { server_.fail_over(); }
    void step_time(coterie::clock::duration by) override
    {
        server_.step_time(by);
        stepped_ += by;
    }
    std::optional<std::string> contents(std::string_view address) const override { return server_.dump(address); }
    moment at(std::int64_t milliseconds) const override
    {
        auto const ahead = clock_->wall().time_since_epoch() - clock_->now().time_since_epoch() + stepped_;
        return std::chrono::milliseconds{milliseconds} - std::chrono::floor<moment>(ahead);
    }
    std::string left_behind() override
    {
        std::string result;
        for (auto const& group : server_.groups())
            result += group + ":\n" + server_.dump(group);
        return result;
    }

private:
    // Whose connection it is: a process sends while it acts, and nobody else does.
    testing::request_fault fate(testing::request const& request)
    {
        owners_[request.connection] = acting_;
        testing::request_fault what;
        if (cut_off_.contains(acting_))
            what.what = fault::drop_before;
        if (!requests_ || cut_off_.contains(acting_))
            return what;
        if (one_in(60))
        {
            constexpr std::array kinds{fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after,
                                       fault::resent};
            what.what = kinds[below(kinds.size())];
        }
        what.delay = one_in(10) ? std::chrono::milliseconds{below(600)} : 0ms;
        if (request.operation != "watch")  // pushes never overtake that
            what.reply_delay = one_in(10) ? std::chrono::milliseconds{below(600)} : 0ms;
        return what;
    }

    testing::push_fault fate(testing::push const& push)
    {
        if (on_revision && push.revision != 0 && push.revision != newest_[std::string{push.group}])
            on_revision(push.group, newest_[std::string{push.group}] = push.revision);
        testing::push_fault what;
        if (auto const owner = owners_.find(push.connection); owner != owners_.end() && cut_off_.contains(owner->second))
            what.what = push_fault::drop;
        else if (pushes_)
        {
            what.what = one_in(4) ? push_fault::drop : one_in(8) ? push_fault::duplicate : push_fault::none;
            what.delay = one_in(6) ? std::chrono::milliseconds{below(900)} : 0ms;
        }
        return what;
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
    bool one_in(std::size_t n) { return below(n) == 0; }

    std::shared_ptr<testing::virtual_clock> clock_ = std::make_shared<testing::virtual_clock>();
    testing::memory_server server_{clock_};
    std::mt19937_64 random_;
    int acting_ = 0;
    bool requests_ = false;
    bool pushes_ = false;
    coterie::clock::duration stepped_{};
    std::set<int> cut_off_;
    std::map<std::uint64_t, int> owners_;  // of connections
    std::map<std::string, std::uint64_t> newest_;
};

}  // namespace

std::unique_ptr<stage> make_memory_stage(std::uint64_t seed)
{
    return std::make_unique<memory_stage>(seed);
}

}  // namespace coterie::simulation
