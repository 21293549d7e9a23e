// A real server, in real time that goes faster than a program says, behind a proxy for each process. What happens is not a matter of the seed alone.
#include "stage.hpp"

#include "test/support/proxy.hpp"
#include "test/support/resp_client.hpp"
#include "test/support/server_process.hpp"

#include <map>
#include <random>
#include <thread>

namespace coterie::simulation {
namespace {

using namespace std::chrono_literals;

// The keys of a group that may stay for a while after all have gone: docs/protocol.md, "Life of the keys".
bool lingers(std::string const& key)
{
    constexpr std::string_view group = "coterie:{default-group}:";
    if (!key.starts_with(group))
        return true;
    auto const name = key.substr(group.size());
    return name == "events" || name == "last" || name == "epoch" || name == "fence" || name == "keep";
}

class server_stage final : public stage
{
public:
    server_stage(std::string kind, std::uint64_t seed) : server_{std::move(kind)}, random_{~seed} {}

    std::shared_ptr<coterie::clock> clock() override { return clock_; }
    void enter(asio::io_context&) override {}
    bool pass_time() override
    {
        std::this_thread::sleep_for(200us);
        return true;
    }
    double pace() const override { return 0.1; }
    moment slack() const override { return 1500ms; }  // the pause before another try to connect is not paced: up to 1 s
    std::string url(int process) override { return way(process).url(); }

    void disturb(bool requests, bool pushes) override
    {
        requests_ = requests;
        pushes_ = pushes;
        if (!requests)
            for (auto& [process, each] : ways_)
            {
                each.way.delay(0ms);
                open(each);
            }
    }

    void stir() override
    {
        for (auto& [process, each] : ways_)
            if (std::exchange(each.mute, false))
            {
                each.way.cut();
                open(each);
            }
        if (pushes_ && below(4) == 0)
            resp_client()({"CLIENT", "KILL", "TYPE", "PUBSUB"});
        if (!requests_ || ways_.empty())
            return;
        auto& one = std::next(ways_.begin(), static_cast<std::ptrdiff_t>(below(ways_.size())))->second;
        switch (one.cut_off ? 9 : below(10))
        {
        case 0: return one.way.cut();
        case 1: one.mute = true; return one.way.hold_replies();
        case 2: return one.way.delay(std::chrono::milliseconds{below(60)});
        case 3: return one.way.delay(0ms);
        default: return;
        }
    }

    void disconnect_all() override
    {
        for (auto& [process, each] : ways_)
            each.way.cut();
    }
    void cut_off(int process, bool yes) override
    {
        way(process);
        auto& one = ways_.at(process);
        one.cut_off = yes;
        open(one);
    }
    void refuse_connections(bool yes) override
    {
        refused_ = yes;
        for (auto& [process, each] : ways_)
            open(each);
    }
    void freeze() override { server_.freeze(); }
    void thaw() override { server_.thaw(); }
    void lose_data() override { resp_client()({"FLUSHALL"}); }
    bool can_fail_over() const override { return false; }

    moment at(std::int64_t milliseconds) const override
    {
        auto const ahead = std::chrono::system_clock::now().time_since_epoch() - clock_->now().time_since_epoch();
        return std::chrono::milliseconds{milliseconds} - std::chrono::floor<moment>(ahead);
    }

    std::string left_behind() override
    {
        std::string result;
        for (auto const& key : resp_client()({"KEYS", "*"}).texts())
            if (!lingers(key))
                result += key + "\n";
        return result;
    }

private:
    struct process_way
    {
        explicit process_way(std::uint16_t port) : way{port} {}

        test::proxy way;
        bool cut_off = false;
        bool mute = false;  // its replies do not come
    };

    test::resp_client resp_client() { return test::resp_client{server_.socket()}; }

    test::proxy& way(int process)
    {
        auto const [known, is_new] = ways_.try_emplace(process, server_.port());
        if (is_new)
            open(known->second);
        return known->second.way;
    }

    void open(process_way& one) const
    {
        one.way.pass();
        if (one.cut_off && late_arrivals)
            one.way.hold_on_the_way();
        else if (one.cut_off)
            one.way.hold();
        else if (refused_)
            one.way.refuse();
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }

    test::server_process server_;
    std::mt19937_64 random_;
    asio::io_context nobodys_;
    std::shared_ptr<coterie::clock> clock_ = make_clock(nobodys_.get_executor());  // to look at
    std::map<int, process_way> ways_;
    bool requests_ = false;
    bool pushes_ = false;
    bool refused_ = false;
};

}  // namespace

std::unique_ptr<stage> make_server_stage(std::string kind, std::uint64_t seed)
{
    return std::make_unique<server_stage>(std::move(kind), seed);
}

}  // namespace coterie::simulation
