// Every operation of the public interface, as a table.
#ifndef COTERIE_TEST_UNIT_EVERY_OPERATION_HPP
#define COTERIE_TEST_UNIT_EVERY_OPERATION_HPP

#include "stage.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace unit {

struct operation
{
    char const* name;
    void (*before)(stage&);  // what is there already
    void (*call)(stage&);    // ends by itself
    bool keeps = false;      // `a` has something already, and may still have it afterwards
    bool waits = false;      // for others, as long as that takes
};

inline void as_new(stage&) {}

inline void a_session(stage& s)
{
    s.ok(s.a->group.async_join("first"));
}

inline void a_lock(stage& s)
{
    s.a->held = s.ok(s.a->group.async_try_lock("l"));
}

inline void a_role(stage& s)
{
    s.a->leads = s.ok(s.a->group.async_campaign("r"));
}

inline void a_stream(stage& s)
{
    s.a->members = s.ok(s.a->group.async_watch());
    s.ok(s.a->members.async_next());
}

inline void a_stream_of_leaders(stage& s)
{
    s.a->leaders = s.ok(s.a->group.async_watch_leader("r"));
    s.ok(s.a->leaders.async_next());
}

inline void a_stream_of_presence(stage& s)
{
    s.a->changes = s.ok(s.a->space.async_watch());
    s.ok(s.a->changes.async_next());
}

inline void a_stream_of_one(stage& s)
{
    s.a->changes = s.ok(s.a->space.async_watch("bob"));
    s.ok(s.a->changes.async_next());
}

inline void one_who_is_there(stage& s)
{
    s.ok(s.b->space.async_online("ann"));
    s.ok(s.b->space.async_party_add("party", "ann"));
}

// For a moment, so that whoever waits for these gets them.
inline void all_taken(stage& s)
{
    auto const first = waiting(0ms), brief = leased(300ms);
    coterie::permit_options permit;
    permit.lease = brief.lease;
    s.b->held = s.ok(s.b->group.async_try_lock("l", brief));
    s.ok(s.b->group.async_acquire("p", permit));
    s.b->group.async_with_lock(
        "k", first, [time = s.clock](coterie::lock const&) { return testing::async_sleep(time, 300ms, asio::use_awaitable); },
        asio::detached);
    s.b->group.async_lead(
        "r", [time = s.clock](coterie::leadership const&) { return testing::async_sleep(time, 300ms, asio::use_awaitable); },
        asio::detached);
    s.run_for(10ms);
}

inline auto body(stage& s)
{
    return [time = s.clock](auto const&) { return testing::async_sleep(time, 100ms, asio::use_awaitable); };
}

inline auto makes(stage& s, std::string const& value)
{
    return [time = s.clock, value]() -> asio::awaitable<coterie::memo_result> {
        co_await testing::async_sleep(time, 50ms, asio::use_awaitable);
        coterie::memo_result result;
        result.value = value;
        result.ttl = 1s;
        co_return result;
    };
}

inline auto makes_a_number(stage& s)
{
    return [time = s.clock]() -> asio::awaitable<coterie::memo_as<int>::result> {
        co_await testing::async_sleep(time, 50ms, asio::use_awaitable);
        coterie::memo_as<int>::result result;
        result.value = 7;
        result.ttl = 1s;
        co_return result;
    };
}

inline auto makes_and_renews(stage& s)
{
    return [time = s.clock](coterie::memo_lease& lease) -> asio::awaitable<coterie::memo_result> {
        co_await lease.async_renew(2s, asio::use_awaitable);
        co_await testing::async_sleep(time, 50ms, asio::use_awaitable);
        coterie::memo_result result;
        result.value = "a";
        result.ttl = 1s;
        co_return result;
    };
}

// Somebody else will store it.
inline auto has_it_stored(stage& s)
{
    return [&s]() -> asio::awaitable<void> {
        s.b->results.async_store("x", "b", 1s, asio::detached);
        co_return;
    };
}

inline void another_generates(stage& s)
{
    s.b->results.async_get("x", 5s, makes(s, "b"), asio::detached);
    s.run_for(10ms);
}

inline coterie::put_options for_a_second()
{
    coterie::put_options options;
    options.lifetime = 1s;
    return options;
}

inline operation const every_operation[] = {
    {"join", as_new, [](stage& s) { s.a->group.async_join("m", s.answer()); }},
    {"join, in a session", a_session, [](stage& s) { s.a->group.async_join("m", s.answer()); }, true},
    {"leave", a_session, [](stage& s) { s.a->group.async_leave("first", s.answer()); }, true},
    {"update", a_session, [](stage& s) { s.a->group.async_update("first", "2", s.answer()); }, true},
    {"members", a_session, [](stage& s) { s.a->group.async_members(s.answer()); }, true},
    {"watch", as_new, [](stage& s) { s.a->group.async_watch(s.answer()); }},
    {"next change", a_stream,
     [](stage& s) {
         s.a->members.async_next(s.answer());
         s.b->group.async_join("other", asio::detached);
     },
     false, true},
    {"close", a_lock, [](stage& s) { s.a->group.async_close(s.answer()); }},

    {"try_lock", as_new, [](stage& s) { s.a->group.async_try_lock("l", s.answer()); }},
    {"try_lock, of what is given back", a_lock,
     [](stage& s) {
         s.a->held->async_release(asio::detached);
         s.a->group.async_try_lock("l", s.answer());
     }},
    {"try_lock with a lease", a_session, [](stage& s) { s.a->group.async_try_lock("l", leased(1s), s.answer()); }, true},
    {"lock", all_taken, [](stage& s) { s.a->group.async_lock("l", s.answer()); }, false, true},
    {"lock for a time", all_taken, [](stage& s) { s.a->group.async_lock("l", waiting(100ms), s.answer()); }},
    {"lock_all", all_taken,
     [](stage& s) {
         s.a->group.async_lock_all({"l", "k", "n"}, s.answer());
     },
     false, true},
    {"acquire", all_taken, [](stage& s) { s.a->group.async_acquire("p", {}, s.answer()); }},
    {"with_lock", all_taken, [](stage& s) { s.a->group.async_with_lock("l", body(s), s.answer()); }, false, true},
    {"lost", a_lock,
     [](stage& s) {
         s.a->held->async_lost(s.answer());
         s.b->group.async_force_release("l", asio::detached);
     },
     true},
    {"release", a_lock, [](stage& s) { s.a->held->async_release(s.answer()); }},
    {"release by name", a_lock, [](stage& s) { s.a->group.async_release("l", s.answer()); }},
    {"inspect", all_taken, [](stage& s) { s.a->group.async_inspect("l", s.answer()); }},
    {"find_deadlock", all_taken, [](stage& s) { s.a->group.async_find_deadlock("l", s.answer()); }},
    {"force_release", all_taken, [](stage& s) { s.a->group.async_force_release("l", s.answer()); }},

    {"campaign", all_taken, [](stage& s) { s.a->group.async_campaign("r", "value", s.answer()); }, false, true},
    {"lead", all_taken, [](stage& s) { s.a->group.async_lead("r", body(s), s.answer()); }, false, true},
    {"proclaim", a_role, [](stage& s) { s.a->leads.async_proclaim("value", s.answer()); }, true},
    {"resign", a_role, [](stage& s) { s.a->leads.async_resign(s.answer()); }},
    {"leader", all_taken, [](stage& s) { s.a->group.async_leader("r", s.answer()); }},
    {"watch_leader", all_taken, [](stage& s) { s.a->group.async_watch_leader("r", s.answer()); }},
    {"next leader", a_stream_of_leaders,
     [](stage& s) {
         s.a->leaders.async_next(s.answer());
         s.b->group.async_lead("r", body(s), asio::detached);
     },
     false, true},

    {"put", as_new, [](stage& s) { s.a->group.async_put("path", "v", s.answer()); }},
    {"put for a time", as_new, [](stage& s) { s.a->group.async_put("path", "v", for_a_second(), s.answer()); }},
    {"get", a_session, [](stage& s) { s.a->group.async_get("path", s.answer()); }, true},
    {"erase", a_session, [](stage& s) { s.a->group.async_erase("path", s.answer()); }, true},
    {"list", as_new, [](stage& s) { s.a->group.async_list("*", s.answer()); }},

    {"online", as_new, [](stage& s) { s.a->space.async_online("ann", s.answer()); }},
    {"set_status", as_new, [](stage& s) { s.a->space.async_set_status("ann", coterie::status::away, s.answer()); }},
    {"offline", one_who_is_there, [](stage& s) { s.a->space.async_offline("ann", s.answer()); }},
    {"status", one_who_is_there, [](stage& s) { s.a->space.async_status("ann", s.answer()); }},
    {"count", one_who_is_there, [](stage& s) { s.a->space.async_count(s.answer()); }},
    {"watch all presence", one_who_is_there, [](stage& s) { s.a->space.async_watch(s.answer()); }},
    {"watch somebody", one_who_is_there, [](stage& s) { s.a->space.async_watch("ann", s.answer()); }},
    {"next change of presence", a_stream_of_presence,
     [](stage& s) {
         s.a->changes.async_next(s.answer());
         s.b->space.async_online("ann", asio::detached);
     },
     false, true},
    {"watch one more", a_stream_of_one, [](stage& s) { s.a->changes.async_add("ann", s.answer()); }},
    {"party", one_who_is_there, [](stage& s) { s.a->space.async_party("party", s.answer()); }},
    {"party_add", as_new, [](stage& s) { s.a->space.async_party_add("party", "ann", s.answer()); }},
    {"party_remove", one_who_is_there, [](stage& s) { s.a->space.async_party_remove("party", "ann", s.answer()); }},
    {"close presence", a_stream_of_presence, [](stage& s) { s.a->space.async_close(s.answer()); }},

    {"memo get", as_new, [](stage& s) { s.a->results.async_get("x", 5s, makes(s, "a"), s.answer()); }},
    {"memo get, from another", another_generates, [](stage& s) { s.a->results.async_get("x", 5s, makes(s, "a"), s.answer()); }},
    {"memo get_renewable", as_new, [](stage& s) { s.a->results.async_get_renewable("x", 5s, makes_and_renews(s), s.answer()); }},
    {"memo get_external", as_new, [](stage& s) { s.a->results.async_get_external("x", 5s, has_it_stored(s), s.answer()); }},
    {"typed memo get", as_new, [](stage& s) { s.a->typed.async_get("x", 5s, makes_a_number(s), s.answer()); }},
    {"typed memo get, from bytes that are none", another_generates,
     [](stage& s) { s.a->typed.async_get("x", 5s, makes_a_number(s), s.answer()); }},
    {"memo store", another_generates, [](stage& s) { s.a->results.async_store("x", "a", 1s, s.answer()); }},
    {"memo invalidate", another_generates, [](stage& s) { s.a->results.async_invalidate("x", s.answer()); }},
    {"memo close", another_generates, [](stage& s) { s.a->results.async_close(s.answer()); }},
};

}  // namespace unit

#endif
