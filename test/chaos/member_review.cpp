#include "review.hpp"

#include "test/checkers/event_checker.hpp"
#include "test/checkers/leader_checker.hpp"

#include <fmt/format.h>

#include <set>

namespace coterie::chaos {
namespace {

// Who is past his time and not announced yet is a member at that revision to those who read along, and none to who begins to read, or
// begins anew. His end is not told to these. So the truth of a revision is what all readers together know, and the reviewer adds to what
// the latter are told.
// A stream that replays what was (watch_options::from_revision) does not know which value was shown of a name that several had joined: so
// names are looked at with all readers, values with those who never replay.
class member_reviewer : public reviewer
{
public:
    member_reviewer(history const& all, bool values) : values_{values}
    {
        for (auto const& one : all.entries())
            if (auto const read = words_of(one.text); read.at(0) == "change" && read.at(3) == "replayed")
                replaying_.insert(number_in<int>(read.at(1)));
        std::map<int, checkers::membership> known;
        for (auto const& one : all.entries())
            if (auto const read = words_of(one.text); counts(read))
            {
                auto const seen = change_in(read);
                auto& here = known[seen.reader];
                for (auto const& name : seen.left)
                    here.erase(name);
                for (auto const* changed : {&seen.joined, &seen.updated})
                    for (auto const& [name, value] : *changed)
                        here[name] = value;
                truths_[seen.revision].insert(here.begin(), here.end());
            }
    }

    void read(entry const&, words const& read) override
    {
        if (!counts(read))
            return;
        auto seen = change_in(read);
        auto& by = readers_[seen.reader];
        if (by.began == 0 || seen.resynced)
        {
            by.began = seen.revision;
            by.changes = 0;
        }
        for (auto const& name : seen.left)
            by.known.erase(name);
        for (auto const& one : seen.joined)
            by.known.insert(one);
        add(seen, by);
        checker_.on_truth(seen.revision, truths_[seen.revision]);
        checker_.on_change(seen);
    }

private:
    bool counts(words const& read) const { return read[0] == "change" && !(values_ && replaying_.contains(number_in<int>(read.at(1)))); }

    checkers::change_seen change_in(words const& read) const
    {
        checkers::change_seen seen;
        seen.reader = number_in<int>(read.at(1));
        seen.revision = number_in<std::uint64_t>(read.at(2));
        seen.resynced = read.at(3) == "resynced";
        for (std::size_t i = 4; i < read.size(); ++i)
            if (auto const what = read[i].substr(1); read[i].starts_with('-'))
                seen.left.emplace_back(what);
            else
                (read[i].starts_with('+') ? seen.joined : seen.updated).insert(pair_in(what));
        if (!values_)
            for (auto* changed : {&seen.joined, &seen.updated})
                for (auto& [name, value] : *changed)
                    value.clear();
        return seen;
    }

    struct reader
    {
        std::uint64_t began = 0;  // at which revision
        int changes = 0;          // since then
        checkers::membership known;
        std::map<std::string, std::uint64_t> past;  // their time: at which revision that was
    };

    void add(checkers::change_seen& seen, reader& by)
    {
        // The first revision may be that of a role, of which nobody else tells who is a member then; the next one may come late.
        constexpr int first_changes = 3;
        constexpr std::uint64_t beginning = 2'000'000;  // revisions are microseconds
        constexpr std::uint64_t limit = 20'000'000;
        auto const& truth = truths_[seen.revision];
        std::erase_if(by.past, [&](auto const& one) {
            bool const over = !truth.contains(one.first) || by.known.contains(one.first);
            if (over)
                seen.left.push_back(one.first);
            else if (seen.revision > one.second + limit)
                throw checkers::violation{fmt::format("events: reader {} still does not know of {}", seen.reader, one.first)};
            return over;
        });
        if (++by.changes <= first_changes || seen.revision <= by.began + beginning)
            for (auto const& [name, value] : truth)
                if (!by.known.contains(name) && by.past.emplace(name, seen.revision).second)
                    seen.joined[name] = value;
    }

    bool values_;
    std::set<int> replaying_;
    std::map<std::uint64_t, checkers::membership> truths_;
    std::map<int, reader> readers_;
    checkers::event_checker checker_;
};

class leader_reviewer : public reviewer
{
public:
    void read(entry const&, words const& read) override
    {
        if (read[0] == "leads")
            checker_.on_term(number_in<std::uint64_t>(read.at(1)), std::string{read.at(2)});
        if (read[0] != "sees")
            return;
        checkers::leader_seen seen;
        seen.reader = number_in<int>(read.at(1));
        seen.revision = number_in<std::uint64_t>(read.at(2));
        seen.term = number_in<std::uint64_t>(read.at(3));
        seen.member = read.at(4);
        seen.value = read.at(5);
        checker_.on_seen(seen);
    }

private:
    checkers::leader_checker checker_;
};

}  // namespace

std::unique_ptr<reviewer> review_members(history const& all, bool values)
{
    return std::make_unique<member_reviewer>(all, values);
}

std::unique_ptr<reviewer> review_leaders()
{
    return std::make_unique<leader_reviewer>();
}

}  // namespace coterie::chaos
