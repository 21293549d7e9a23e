// Reads a stream and folds it, as a user would: in the end it must know exactly the members. Every step is checked: who joins was
// not there, who leaves or is updated was.
#ifndef COTERIE_TEST_UNIT_GROUP_READER_HPP
#define COTERIE_TEST_UNIT_GROUP_READER_HPP

#include "group_world.hpp"

#include <coterie/member_events.hpp>

#include <map>

namespace unit {

inline coterie::watch_options from(std::uint64_t revision)
{
    coterie::watch_options options;
    options.from_revision = revision;
    return options;
}

class reader
{
public:
    explicit reader(coterie::member_events events) : events_{std::move(events)} {}
    reader(reader&&) = delete;

    // Asks for one change; nothing runs yet.
    void ask(bool for_ever = false)
    {
        if (asked_)
            return;
        asked_ = true;
        events_.async_next([this, for_ever, alive = std::weak_ptr{alive_}](error_code error, std::optional<coterie::member_change> change) {
            if (alive.expired())
                return;
            asked_ = false;
            BOOST_TEST(!error, error.message());
            ended = !change;
            if (change)
                fold(*change);
            if (for_ever && !ended)
                ask(true);
        });
    }

    void read_on() { ask(true); }

    // "+a=1", "*a=2", "-a" since the last call of this.
    names news() { return std::exchange(news_, {}); }

    names members() const
    {
        names result;
        for (auto const& [name, record] : folded)
            result.push_back(name);
        return result;
    }

    // What the stream says, in the form of async_members().
    std::vector<coterie::member> records() const
    {
        std::vector<coterie::member> result;
        for (auto const& [name, record] : folded)
            result.push_back(record);
        return result;
    }

    std::map<std::string, coterie::member> folded;
    int changes = 0;
    int resyncs = 0;
    std::uint64_t revision = 0;
    bool ended = false;

private:
    void fold(coterie::member_change const& change)
    {
        if (changes == 0 && change.resynced)
            folded.clear();
        ++changes;
        resyncs += change.resynced;
        BOOST_TEST((change.revision > revision || changes == 1 || change.resynced));
        revision = change.revision;
        for (auto const& name : change.left)
        {
            BOOST_TEST(folded.erase(name) == 1, name << " left, but was not there");
            news_.push_back("-" + name);
        }
        for (auto const& name : change.joined)
        {
            BOOST_TEST(!folded.contains(name), name << " joined, but was there");
            put('+', change, name);
        }
        for (auto const& name : change.updated)
        {
            BOOST_TEST(folded.contains(name), name << " was updated, but is not there");
            put('*', change, name);
        }
        BOOST_TEST(change.records.size() == change.joined.size() + change.updated.size());
    }

    void put(char kind, coterie::member_change const& change, std::string const& name)
    {
        auto const* record = change.find(name);
        BOOST_REQUIRE(record != nullptr);
        folded[name] = *record;
        news_.push_back(kind + name + "=" + record->value);
    }

    coterie::member_events events_;
    bool asked_ = false;
    names news_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace unit

#endif
