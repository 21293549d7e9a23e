// stores: redis valkey
// The same random operations on memory and on a real server: every reply, every event and the end must be the same.
#include "../support/two_sides.hpp"

#include "src/core/role.hpp"

#include <array>

namespace coterie::test {
namespace {

struct differ : two_sides
{
    explicit differ(std::uint64_t seed) : two_sides{seed}
    {
        for (int i = 0; i < 4; ++i)
            callers.push_back({"seed_session_00" + std::to_string(i), 1});
    }

    // Mostly the newest generation, sometimes an older or newer one.
    store::caller who()
    {
        auto caller = callers[below(callers.size())];
        if (chance(5))
            caller.generation += chance(50) ? 1U : std::uint64_t{0} - 1;
        return caller;
    }

    void step();
    void open_one();
    void change_members();
    void take_lock();
    void give_back();
    void change_data();
    void look();
    void end_one();
    void let_die();
    void forget_list();
    void compare_all();

    store::claim claim(side const& where, store::caller const& holder, std::string const& name, std::string const& owner, std::size_t fence,
                       bool fixed)
    {
        return {{name}, owner, holder.session, where.fence(fence), fixed ? 1U : 0U, store::lock_mode::exclusive, fixed};
    }

    std::vector<store::caller> callers;
    strings const names{"a", "b", "c", "long name"};
    strings const owners{"o1", "o2"};
    strings const locks{"l1", "l2", "l3"};
    std::string const role = core::name_of_role("r");
    std::uint64_t const places = 4;
    strings const paths{"p/1", "p/2", "q", "r[1]"};
    strings const globs{"*", "p/*", "?", "r\\[1\\]", "[pq]*"};
};

void differ::open_one()
{
    auto& caller = callers[below(callers.size())];
    if (chance(50))
        ++caller.generation;
    auto const who = caller;
    auto const ttl = length();
    auto const resume = chance(50);
    auto const known = chance(2) ? "another" : "";
    both([&](side const& at) {
        return store::open{.who = who, .ttl = ttl, .resume = resume, .fence_floor = at.highest_fence(), .known_epoch = known};
    });
}

void differ::change_members()
{
    auto const caller = who();
    if (chance(30))
    {
        strings leaving;
        for (auto const& name : names)
            if (chance(40))
                leaving.push_back(name);
        both([&](side const&) { return store::leave{caller, leaving}; });
        return;
    }
    entries joining;
    for (auto const& name : names)
        if (chance(40))
            joining.push_back({name, value()});
    auto const update_only = chance(30);
    both([&](side const&) { return store::join{caller, joining, update_only}; });
}

void differ::take_lock()
{
    auto const caller = who();
    auto const& owner = any(owners);
    if (chance(40))
        return both([&, name = any(locks)](side const&) { return store::lock{.who = caller, .name = name, .owner = owner}; });
    store::acquire wish;
    wish.who = caller;
    wish.place = 1 + below(places);
    wish.owner = owner;
    if (chance(25))
    {
        wish.names.push_back(role);
        wish.value = value();
        wish.wait = chance(70);
        return both([&](side const&) { return wish; });
    }
    for (auto const& name : locks)
        if (chance(35))
            wish.names.push_back(name);
    if (wish.names.empty())
        wish.names.push_back(any(locks));
    std::array const modes{store::lock_mode::exclusive, store::lock_mode::shared, store::lock_mode::permit};
    wish.mode = modes[below(modes.size())];
    wish.limit = wish.mode == store::lock_mode::permit ? static_cast<std::uint32_t>(1 + below(3)) : 0;
    wish.term = chance(20) ? length() : milliseconds{};
    wish.wait = chance(70);
    wish.fences = static_cast<std::uint32_t>(1 + below(3));
    bool const confirms = chance(10);
    auto const fence = below(memory.fences() + 1);
    wish.wait = wish.wait && !confirms;
    both([&](side const& at) {
        wish.confirmed = confirms ? at.fence(fence) : 0;
        return wish;
    });
}

void differ::give_back()
{
    auto const caller = who();
    auto const name = chance(25) ? role : any(locks);
    bool const hand_over = chance(50);
    if (chance(50))
        return both([&, place = 1 + below(places)](side const&) { return store::withdraw{caller, place}; });
    if (chance(60))  // what is held, by looking it up on each side
    {
        auto const forced = chance(30);
        auto const holder = [&](side& at) {
            auto const seen = at.through().inspect(name);
            return seen->holders.empty() ? store::claim{{name}, "x", caller.session, 1} : seen->holders.front().what;
        };
        auto const here = holder(memory);
        auto const there = holder(server);
        auto const right = [&](side const& at) { return &at == &memory ? here : there; };
        if (name == role && !forced)
            both([&, other = value()](side const& at) { return store::proclaim{caller, right(at), other}; });
        else if (forced)
            both([&](side const& at) { return store::force{right(at)}; });
        else
            both([&](side const& at) { return store::unlock{right(at), hand_over}; });
        return;
    }
    auto const owner = any(owners);
    auto const fence = below(memory.fences() + 1);
    both([&](side const& at) { return store::unlock{claim(at, caller, name, owner, fence, false), hand_over}; });
}

void differ::change_data()
{
    auto const path = any(paths);
    if (chance(30))
    {
        auto const own = chance(50) ? who().session : store::session_id{};
        return both([&](side const&) { return store::erase{path, own}; });
    }
    store::put operation{.who = who(),
                         .path = path,
                         .value = value(),
                         .life = chance(50)   ? store::lifetime::ephemeral
                                 : chance(50) ? store::lifetime::term
                                              : store::lifetime::persistent,
                         .term = length(),
                         .if_absent = chance(30)};
    if (operation.life != store::lifetime::ephemeral && chance(30))
        operation.who = {};
    both([&](side const&) { return operation; });
}

void differ::look()
{
    auto const caller = who();
    switch (below(9))
    {
    case 7: return both([&](side const&) { return store::waiting{}; });
    case 6: return both([&](side const&) { return store::leader{role}; });
    case 0: return both([&](side const&) { return store::snapshot{}; });
    case 1: return both([&, name = chance(25) ? role : any(locks)](side const&) { return store::inspect{name}; });
    case 2: return both([&, path = any(paths)](side const&) { return store::get{path}; });
    case 3: {
        auto const& glob = any(globs);
        BOOST_REQUIRE(memory.through().list(glob) == server.through().list(glob));
        return;
    }
    case 4: {
        auto const after = below(memory.revisions() + 1);
        auto const limit = static_cast<std::uint32_t>(1 + below(20));
        return both([&](side const& at) { return store::history{.after = at.revision(after), .limit = limit}; });
    }
    case 5: {
        auto const name = any(locks);
        auto const owner = any(owners);
        auto const fence = below(memory.fences() + 1);
        return both([&](side const& at) {
            std::vector<store::claim> claims;
            for (bool const fixed : {false, true})
                claims.push_back(claim(at, caller, name, owner, fence, fixed));
            return store::verify{caller, claims};
        });
    }
    default:
        auto const ttl = length();
        auto const touch = chance(30);
        return both([&](side const&) { return store::beat{.who = caller, .ttl = ttl, .touch = touch}; });
    }
}

void differ::end_one()
{
    auto const caller = who();
    if (chance(30))
        return both([&](side const&) { return store::close{caller}; });
    std::vector<store::session_id> named;
    for (auto const& each : callers)
        if (chance(60))
            named.push_back(each.session);
    both([&](side const&) { return store::reap{named}; });
}

// A lease that has only a millisecond left, and then both clocks move well past it. Said once: between two times it could end.
void differ::let_die()
{
    auto const caller = who();
    auto const& name = any(chance(50) ? locks : paths);
    switch (below(3))
    {
    case 0: {
        store::acquire wish;
        wish.who = caller;
        wish.place = 1 + places;
        wish.names.push_back(name);
        wish.owner = "o1";
        wish.term = 1ms;
        both_once([&](side const&) { return wish; });
        break;
    }
    case 1:
        both_once([&](side const&) {
            return store::put{.who = caller, .path = name, .value = "v", .life = store::lifetime::term, .term = 1ms, .if_absent = false};
        });
        break;
    default: both_once([&](side const&) { return store::beat{.who = caller, .ttl = 1ms, .touch = false}; });
    }
    let_pass(5ms);
}

// Nobody reaps a session until what hangs on it is listed no more: on a server that list expires, in memory it does not, and
// the reap must do the same.
void differ::forget_list()
{
    auto const caller = who();
    both_once([&](side const&) { return store::beat{.who = caller, .ttl = 1ms, .touch = false}; });
    if (said.back().find("error") != std::string::npos)
        return;
    let_pass(5ms);
    server.on().redis({"DEL", "coterie:{g}:held:" + caller.session});
    both([&](side const&) { return store::reap{{caller.session}}; });
}

void differ::step()
{
    auto const what = below(1000);
    if (what < 100)
        open_one();
    else if (what < 350)
        change_members();
    else if (what < 500)
        take_lock();
    else if (what < 600)
        give_back();
    else if (what < 720)
        change_data();
    else if (what < 900)
        look();
    else if (what < 970)
        end_one();
    else if (what < 990)
        let_die();
    else if (what < 997)
        forget_list();
    else
        lose_data();
}

void differ::compare_all()
{
    require_same(memory.state(locks), server.state(locks));
    require_same(memory.pushed(), server.pushed());
    for (auto const& each : callers)
    {
        session here{memory.through(), each};
        session there{server.through(), each};
        BOOST_REQUIRE(here.attachments() == there.attachments());
        BOOST_REQUIRE(here.inventory(4) == there.inventory(4));
    }
    server.on().teardown();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(differential)

BOOST_AUTO_TEST_CASE(the_same_on_memory_and_on_a_server)
{
    compare_sides<differ>(30, 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::test
