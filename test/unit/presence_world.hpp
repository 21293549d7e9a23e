// Programs that tell and watch who is there, on a server that fails on demand and a clock that jumps.
#ifndef COTERIE_TEST_UNIT_PRESENCE_WORLD_HPP
#define COTERIE_TEST_UNIT_PRESENCE_WORLD_HPP

#include "group_world.hpp"

#include <coterie/presence.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace coterie {

inline std::ostream& boost_test_print_type(std::ostream& out, status value)
{
    return out << to_string(value);
}

}  // namespace coterie

namespace unit {

using coterie::presence_config;
using coterie::presence_info;
using coterie::status;

// Reads a stream for ever and folds it: how everybody is, as a reader knows it.
class presence_reader
{
public:
    explicit presence_reader(coterie::presence_events events) : events_{std::move(events)} {}
    presence_reader(presence_reader&&) = delete;

    void ask(bool for_ever = false)
    {
        events_.async_next(
            [this, for_ever, alive = std::weak_ptr{alive_}](error_code error, std::optional<coterie::presence_change> change) {
                if (alive.expired())
                    return;
                BOOST_TEST(!error, error.message());
                ended = !change;
                if (ended)
                    return;
                ++changes;
                resyncs += change->resynced ? 1 : 0;
                for (auto& each : change->changes)
                {
                    news_.push_back(each.id + "=" + std::string{to_string(each.status)});
                    folded[each.id] = std::move(each);
                }
                if (for_ever)
                    ask(true);
            });
    }

    void read_on() { ask(true); }

    // "ann=online" since the last call of this, sorted.
    names news()
    {
        std::ranges::sort(news_);
        return std::exchange(news_, {});
    }

    coterie::presence_events& events() { return events_; }

    std::map<std::string, presence_info> folded;
    int changes = 0;
    int resyncs = 0;
    bool ended = false;

private:
    coterie::presence_events events_;
    names news_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

class presence_world : public world
{
public:
    // A program of its own, and its part in the space.
    coterie::presence& space(presence_config config = {})
    {
        last_ = &make("unused");
        return spaces_.emplace_back(*last_->client, std::move(config));
    }

    process& last() { return *last_; }

    status status_of(coterie::presence& from, std::string id) { return ok(from.async_status({id})).at(0).status; }

    static presence_config with_ttl(std::chrono::milliseconds ttl, std::string source = {})
    {
        presence_config config;
        config.ttl = ttl;
        config.source = std::move(source);
        return config;
    }

private:
    process* last_ = nullptr;
    std::list<coterie::presence> spaces_;
};

}  // namespace unit

#endif
