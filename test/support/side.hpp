// One of two stores that are compared: what it answers, in words from which all is gone that may differ between them.
//
// Fences, revisions and epochs become ordinals, in the order in which this side first showed them; times become what they are to the
// server's clock, to ten minutes. So two sides that do the same say the same.
#ifndef COTERIE_TEST_SUPPORT_SIDE_HPP
#define COTERIE_TEST_SUPPORT_SIDE_HPP

#include "session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace coterie::test {

class side
{
public:
    explicit side(std::string const& kind, std::string const& address = "g");

    bench& on() { return bench_; }
    client& through() { return client_; }

    // Submits it, and says how it ended.
    template <class Operation>
    std::string say(Operation operation)
    {
        auto const result = client_(std::move(operation));
        return result.error ? "error " + std::to_string(result.error.value()) : words(result.reply);
    }

    // Everything that can be seen of the group, a line each.
    std::vector<std::string> state(std::vector<std::string> const& locks);

    // The events pushed until now, in order.
    std::vector<std::string> pushed();

    // The news until those with these bytes, in order.
    std::vector<std::string> news_until(std::string const& bytes);

    // The fence of an ordinal that this side has shown; another number if there is none.
    std::uint64_t fence(std::size_t ordinal) const;
    std::size_t fences() const { return fences_.size(); }
    std::uint64_t highest_fence() const;
    core::revision revision(std::size_t ordinal) const;
    std::size_t revisions() const { return revisions_.size(); }

private:
    std::string words(store::open::reply const&);
    std::string words(store::beat::reply const&);
    std::string words(store::join::reply const&);
    std::string words(store::leave::reply const&);
    std::string words(store::snapshot::reply const&);
    std::string words(store::history::reply const&);
    std::string words(store::lock::reply const&);
    std::string words(store::acquire::reply const&);
    std::string words(store::withdraw::reply const&);
    std::string words(store::unlock::reply const&);
    std::string words(store::force::reply const&);
    std::string words(store::verify::reply const&);
    std::string words(store::inspect::reply const&);
    std::string words(store::waiting::reply const&);
    std::string words(store::proclaim::reply const&);
    std::string words(store::leader::reply const&);
    std::string words(store::reap::reply const&);
    std::string words(store::close::reply const&);
    std::string words(store::put::reply const&);
    std::string words(store::get::reply const&);
    std::string words(store::erase::reply const&);

    std::string words(store::memo_look::reply const&);
    std::string words(store::memo_publish::reply const&);
    std::string words(store::memo_release::reply const&);
    std::string words(store::memo_renew::reply const&);
    std::string words(store::memo_store::reply const&);
    std::string words(store::memo_erase::reply const&);

    std::string words(store::horizon const&);
    std::string words(store::news const&);
    std::string words(core::event const&);
    std::string value_of(core::record const&);
    std::string words(std::optional<core::event> const&);
    std::string words(store::claim const&);
    std::string words(core::server_time) const;
    std::string joined_at(core::record const&);

    bench bench_;
    client client_;
    std::vector<std::uint64_t> fences_;
    std::vector<core::revision> revisions_;
    std::vector<std::string> epochs_;
    std::map<std::pair<std::string, store::session_id>, std::set<core::server_time>> joined_;  // as events told
};

}  // namespace coterie::test

#endif
