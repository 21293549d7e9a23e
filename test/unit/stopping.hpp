// What must be true after an operation was stopped, wherever that was: nothing of it remains.
#ifndef COTERIE_TEST_UNIT_STOPPING_HPP
#define COTERIE_TEST_UNIT_STOPPING_HPP

#include "every_operation.hpp"

namespace unit {

inline constexpr int too_many = 2000;

// Somebody else can have everything at once; and whoever was not told that it has joined has not.
inline void check_free(stage& s, bool no_member)
{
    auto& group = s.b->group;
    for (auto const* name : {"l", "k", "n"})
        BOOST_TEST(s.ok(group.async_try_lock(name)).has_value(), name);
    s.ok(group.async_acquire("p", coterie::permit_options{.wait = 0ms}));
    s.ok(group.async_campaign("r", "", coterie::campaign_options{.wait = 0ms}));
    if (no_member)
        for (auto const& each : s.ok(group.async_members()))
            BOOST_TEST((each.name != "m" && each.name != "first"));
}

inline void check_empty(stage& s)
{
    s.ok(s.b->space.async_party_remove("party", "ann"));
    s.a.reset();
    s.b.reset();
    s.run_for(2min);
    BOOST_TEST(s.server.groups().empty());
    for (auto const* address : {"default-group", "p:{default-space:0}", "m:default-tag:{x}"})
        BOOST_TEST(s.server.dump(address) == "");
    BOOST_TEST(s.server.connections() == 0);
    BOOST_TEST(s.clock->timers() == 0);
}

// Whether it ended before.
inline bool run_to(stage& s, operation const& what, int handlers)
{
    what.before(s);
    what.call(s);
    BOOST_TEST(s.end->times == 0);
    for (int i = 0; i < handlers && s.end->times == 0; ++i)
        s.step();
    return s.end->times > 0;
}

}  // namespace unit

#endif
