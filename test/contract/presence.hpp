// One shard of a presence space, as tests speak to it.
#ifndef COTERIE_TEST_CONTRACT_PRESENCE_HPP
#define COTERIE_TEST_CONTRACT_PRESENCE_HPP

#include "../support/fixture.hpp"

#include "src/core/presence.hpp"
#include "src/store/address.hpp"

#include <optional>
#include <string>
#include <vector>

namespace coterie {

inline std::ostream& boost_test_print_type(std::ostream& out, status value)
{
    return out << to_string(value);
}

}  // namespace coterie

namespace coterie::test {

struct presence_fixture : bench
{
    static constexpr milliseconds ttl{2000};
    static constexpr milliseconds for_long{1h};

    client c{*this, store::presence_shard("chat", 3)};
    store::presence_tempo how{.linger = 0ms, .forget = 1h};

    outcome<store::appear> online(strings ids, std::string source = {}, milliseconds time = for_long)
    {
        return c(store::appear{.how = how, .source = std::move(source), .ttl = time, .ids = std::move(ids)});
    }

    outcome<store::appear> set(std::string id, status what, std::optional<std::string> text = {}, std::string source = {})
    {
        return c(store::appear{how, std::move(source), for_long, {std::move(id)}, what, std::move(text), {}});
    }

    outcome<store::disappear> offline(strings ids, std::optional<std::string> source = "")
    {
        return c(store::disappear{how, std::move(source), std::move(ids)});
    }

    std::vector<store::presence_state> look(strings ids) { return c(store::look_up{how, std::move(ids)})->states; }
    store::presence_state look(std::string id) { return look(strings{std::move(id)}).at(0); }
    outcome<store::lapse> lapse() { return c(store::lapse{how}); }

    // "id=status" or "id=status:text" of each change.
    static strings shown(core::event const& event)
    {
        strings result;
        for (auto const& change : event.changes)
        {
            auto const state = core::to_state(change.member);
            BOOST_REQUIRE(state.has_value());
            auto text = change.member.name + "=" + std::string{to_string(state->what)};
            result.push_back(state->text.empty() ? text : text + ":" + state->text);
        }
        return result;
    }

    // Of all events since the last call.
    strings told()
    {
        strings result;
        auto const page = c.history(told_);
        BOOST_TEST(!page->compacted);
        for (auto const& event : page->events)
            for (auto& each : shown(event))
                result.push_back(std::move(each));
        told_ = page->last;
        return result;
    }

private:
    core::revision told_ = 0;
};

}  // namespace coterie::test

#endif
