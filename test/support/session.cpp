#include "session.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

namespace coterie::test {

store::session_id new_session_id()
{
    static unsigned number = 0;
    char text[17];
    std::snprintf(text, sizeof text, "session_%08u", ++number % 100'000'000);
    return text;
}

session::session(client& through, milliseconds ttl) : who{new_session_id(), through.generation}, client_{through}
{
    auto const opened = open(ttl);
    BOOST_REQUIRE_MESSAGE(!opened.error, "open: " << opened.error.message());
}

session::session(client& through, store::caller name) : who{std::move(name)}, client_{through} {}

outcome<store::open> session::open(milliseconds ttl, std::uint64_t fence_floor)
{
    return client_(store::open{.who = who, .ttl = ttl, .resume = false, .fence_floor = fence_floor});
}

outcome<store::open> session::resume(milliseconds ttl)
{
    return client_(store::open{.who = who, .ttl = ttl, .resume = true, .fence_floor = 0});
}

outcome<store::beat> session::beat(milliseconds ttl, bool touch)
{
    return client_(store::beat{.who = who, .ttl = ttl, .touch = touch});
}

outcome<store::join> session::join(std::string name, std::string value)
{
    entries one;
    one.push_back({std::move(name), std::move(value)});
    return join(std::move(one));
}

outcome<store::join> session::join(entries members, bool update_only)
{
    return client_(store::join{.who = who, .members = std::move(members), .update_only = update_only});
}

outcome<store::leave> session::leave(std::vector<std::string> names)
{
    return client_(store::leave{.who = who, .names = std::move(names)});
}

outcome<store::lock> session::lock(std::string name, std::string owner)
{
    return client_(store::lock{.who = who, .name = std::move(name), .owner = std::move(owner)});
}

outcome<store::acquire> session::take(std::string name, milliseconds term)
{
    store::acquire wish;
    wish.names.push_back(std::move(name));
    wish.term = term;
    return acquire(std::move(wish));
}

outcome<store::acquire> session::acquire(store::acquire wish)
{
    wish.who = who;
    if (wish.place == 0)
        wish.place = ++places_;
    if (wish.owner.empty())
        wish.owner = "owner";
    last = wish;
    return client_(std::move(wish));
}

outcome<store::acquire> session::ask_again()
{
    auto again = last;
    again.who = who;
    return client_(std::move(again));
}

outcome<store::withdraw> session::withdraw(std::uint64_t place)
{
    return client_(store::withdraw{who, place != 0 ? place : last.place});
}

outcome<store::verify> session::verify(std::vector<store::claim> claims)
{
    return client_(store::verify{.who = who, .claims = std::move(claims)});
}

outcome<store::put> session::put(std::string path, std::string value, bool if_absent)
{
    return client_(store::put{.who = who,
                              .path = std::move(path),
                              .value = std::move(value),
                              .life = store::lifetime::ephemeral,
                              .term = {},
                              .if_absent = if_absent});
}

outcome<store::put> session::put_for(milliseconds term, std::string path, std::string value, bool if_absent)
{
    return client_(store::put{.who = who,
                              .path = std::move(path),
                              .value = std::move(value),
                              .life = store::lifetime::term,
                              .term = term,
                              .if_absent = if_absent});
}

outcome<store::put> session::put_forever(std::string path, std::string value, bool if_absent)
{
    return client_(store::put{.who = who,
                              .path = std::move(path),
                              .value = std::move(value),
                              .life = store::lifetime::persistent,
                              .term = {},
                              .if_absent = if_absent});
}

outcome<store::erase> session::erase(std::string path)
{
    return client_.erase(std::move(path), who.session);
}

outcome<store::close> session::close()
{
    return client_(store::close{who});
}

std::vector<std::string> session::attachments()
{
    auto& on = client_.on();
    std::vector<std::string> result;
    if (on.in_memory())
    {
        auto const start = "held " + who.session + " ";
        std::istringstream lines{on.memory().dump(client_.group)};
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(start))
                result.push_back(line.substr(start.size()));
    }
    else
    {
        result = on.redis({"SMEMBERS", "coterie:{" + client_.group + "}:held:" + who.session}).texts();
    }
    for (auto& each : result)
        std::replace(each.begin(), each.end(), '\0', ' ');
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<std::string> session::inventory(std::uint32_t limit)
{
    std::set<std::string> result;
    std::string cursor;
    do
    {
        auto const page = client_(store::inventory{who, cursor, limit});
        if (page.error)
            return {};
        for (auto const& name : page->members)
            result.insert("m " + name);
        for (auto const& lock : page->locks)
            result.insert("k " + lock.names.at(0) + " " + lock.owner);
        for (auto const place : page->places)
            result.insert("w " + std::to_string(place));
        cursor = page->cursor;
    } while (!cursor.empty());
    return {result.begin(), result.end()};
}

store::claim session::claim(std::string name, std::uint64_t fence, std::string owner) const
{
    store::claim result{.names = {}, .owner = std::move(owner), .session = who.session, .fence = fence};
    result.names.push_back(std::move(name));
    return result;
}

store::claim session::claim(store::acquire const& granted, std::uint64_t fence) const
{
    return {granted.names, granted.owner, who.session, fence, granted.place, granted.mode, granted.term.count() != 0};
}

store::claim session::fixed_claim(std::string name, std::uint64_t fence) const
{
    auto result = claim(last, fence);
    result.names = {};
    result.names.push_back(std::move(name));
    return result;
}

void session::die()
{
    auto const beaten = beat(milliseconds{1});
    BOOST_REQUIRE_MESSAGE(!beaten.error, "beat: " << beaten.error.message());
    client_.on().let_pass(milliseconds{5});
}

}  // namespace coterie::test
