#include "invariants.hpp"

#include "record_reader.hpp"
#include "shard_invariants.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace coterie::test {
namespace {

using strings = std::vector<std::string>;
using table = std::map<std::string, std::string>;

constexpr std::size_t session_width = 16;
constexpr std::size_t time_width = 13;
constexpr std::size_t number_width = 16;

table pairs(resp_client::value const& flat)
{
    table result;
    for (std::size_t i = 0; i + 1 < flat.items.size(); i += 2)
        result[flat.items[i].text] = flat.items[i + 1].text;
    return result;
}

class group_check
{
public:
    group_check(resp_client& server, std::string prefix, strings& broken)
        : server_{server}
        , prefix_{std::move(prefix)}
        , broken_{broken}
        , leases_{pairs(server_({"ZRANGE", key("leases"), "0", "-1", "WITHSCORES"}))}
    {
    }

    void run()
    {
        check_leases();
        check_members();
        check_locks();
        check_data();
        check_events();
    }

private:
    std::string key(std::string const& name) const { return prefix_ + name; }

    void require(bool condition, std::string const& what)
    {
        if (!condition)
            broken_.push_back(prefix_ + " " + what);
    }

    std::int64_t life(std::string const& name) { return server_({"PEXPIRETIME", key(name)}).number; }

    bool hangs_on(std::string const& session, std::string const& attachment)
    {
        return leases_.contains(session) && server_({"SISMEMBER", key("held:" + session), attachment}).number == 1;
    }

    void check_leases()
    {
        for (auto const& [lease, deadline] : leases_)
        {
            if (lease.size() != session_width || lease[1] == '\0')
                continue;
            require(server_({"EXISTS", key("held:" + lease)}).number == 1 || deadline == "0", "no held set for " + lease);
            auto const expires = server_({"PEXPIRETIME", key("s:" + lease)}).number;
            auto const ends = std::strtoll(deadline.c_str(), nullptr, 10);
            require(expires < 0 || (ends - expires >= 0 && ends - expires <= 1), "two deadlines of " + lease);
        }
    }

    void check_members()
    {
        for (auto const& [field, record] : members())
        {
            auto const session = field.substr(field.size() - session_width);
            auto const name = field.substr(0, field.size() - session_width - 1);
            if (name.starts_with('\1'))
                continue;  // check_locks() looks
            require(hangs_on(session, "m" + name), "the member " + name + " hangs on nothing");
            require(record.size() >= time_width, "a short record of " + name);
        }
    }

    struct place
    {
        bool granted = false;
        bool shared = false;
        bool fixed = false;
        std::uint64_t number = 0;
        std::set<std::string> names{};
    };

    std::map<std::string, place> places()
    {
        std::map<std::string, place> result;
        for (auto const& [id, record] : pairs(server_({"HGETALL", key("places")})))
        {
            record_reader read{record};
            auto& one = result[id];
            one.granted = read.bytes(1) == "g";
            one.shared = read.bytes(1) != "x";
            one.fixed = read.bytes(1) == "f";
            one.number = read.number(number_width);
            read.bytes(time_width + 13 + 10 + 5);
            read.counted();  // the owner
            read.counted();  // the value
            while (!read.at_end())
                one.names.insert(read.counted());
        }
        return result;
    }

    void check_locks()
    {
        auto const fence = std::strtoll(server_({"GET", key("fence")}).text.c_str(), nullptr, 10);
        auto const last_fence = static_cast<std::uint64_t>(std::abs(fence));
        auto const known = places();
        std::set<std::string> expected_queue;
        std::set<std::string> expected_shares;
        for (auto const& [id, one] : known)
        {
            auto const session = id.substr(0, session_width);
            require(one.number <= last_fence, "a place with a fence that is yet to come");
            if (one.granted && one.fixed)
                require(leases_.contains(std::string{"w\0", 2} + id), "the place " + id + " has no lease");
            else
                require(hangs_on(session, "w" + id.substr(session_width)), "the place " + id + " hangs on nothing");
            for (auto const& name : one.names)
            {
                if (!one.granted)
                    expected_queue.insert(name + '\0' + digits(one.number) + id);
                else if (one.shared)
                    expected_shares.insert(name + '\0' + id + (one.fixed ? "f" : "s"));
            }
        }
        auto const queue = range("queue");
        auto const shares = range("shares");
        require(queue == expected_queue, "queue and places do not agree");
        require(shares == expected_shares, "shares and places do not agree");

        auto const first_of = [](std::set<std::string> const& all, std::string const& name) {
            auto const first = all.lower_bound(name + '\0');
            return first != all.end() && first->starts_with(name + '\0') ? *first : std::string{};
        };
        std::map<std::string, std::uint64_t> leaders;  // by field of `members`
        std::set<std::string> waited_for;
        for (auto const& entry : queue)
            waited_for.insert(entry.substr(0, entry.find('\0')));
        for (auto const& [name, record] : pairs(server_({"HGETALL", key("locks")})))
        {
            if (name.empty())
                continue;
            for (auto const* lasting : {"fence", "epoch"})
                require(life(lasting) >= life("locks"), std::string{lasting} + " goes before the lock " + name);
            auto const letter = record.substr(0, 1);
            bool const waited = letter < "a";
            require(waited == (waited_for.erase(name) != 0), "whether somebody waits for " + name + " is told wrongly");
            if (letter == "s" || letter == "S")
            {
                record_reader read{record.substr(1)};
                auto const session = read.bytes(session_width);
                require(read.number(number_width) <= last_fence, "a lock with a fence that is yet to come: " + name);
                require(hangs_on(session, "k" + record.substr(1 + session_width + number_width) + '\0' + name),
                        "the lock " + name + " hangs on nothing");
            }
            else if (letter == "x" || letter == "X")
            {
                auto const holder = known.find(record.substr(1, 32));
                require(holder != known.end() && holder->second.granted && holder->second.names.contains(name), name + " has no holder");
                if (name.starts_with('\1') && holder != known.end())
                    leaders[name + '\0' + holder->first.substr(0, session_width)] = holder->second.number;
            }
            else if (letter == "r" || letter == "R" || letter == "p" || letter == "P")
            {
                require(!first_of(shares, name).empty(), name + " has no holders");
            }
            else
            {
                require(letter == "W", "a lock that is not one: " + name);
                auto const first = first_of(queue, name);
                auto const id = first.substr(first.size() - 32);
                auto const alive = leases_.find(id.substr(0, session_width));
                auto const now = server_({"TIME"}).items;
                auto const ms = std::strtoll(now.at(0).text.c_str(), nullptr, 10) * 1000 + 1000;
                require(leases_.contains({"q\0", 2}) || known.at(id).names.size() > 1 || alive == leases_.end() ||
                            std::strtoll(alive->second.c_str(), nullptr, 10) < ms,
                        name + " is free, and its first waiter sleeps");
            }
        }
        require(waited_for.empty(), "somebody waits for a lock without a record");

        for (auto const& [field, record] : members())
            if (field.starts_with('\1'))
                require(record.substr(time_width, number_width) == digits(leaders[field]) && leaders.erase(field) == 1,
                        "who leads in " + field + " is told wrongly");
        require(leaders.empty(), "a leader was not announced");
    }

    static std::string digits(std::uint64_t number)
    {
        auto text = std::to_string(number);
        return std::string(number_width - text.size(), '0') + text;
    }

    std::set<std::string> range(std::string const& name)
    {
        auto const all = server_({"ZRANGE", key(name), "0", "-1"}).texts();
        return {all.begin(), all.end()};
    }

    void check_data()
    {
        for (auto const& [path, record] : pairs(server_({"HGETALL", key("data")})))
        {
            require(server_({"HEXISTS", key("keep"), path}).number == 0, path + " is in data and in keep");
            if (record.starts_with("e"))
                require(hangs_on(record.substr(1, session_width), "e" + path), "the value " + path + " hangs on nothing");
            else
                require(leases_.contains(std::string{"d\0", 2} + path), "the value " + path + " has no lease");
        }
    }

    // Each event names its predecessor, the last one is `last`, and all of them folded are the members.
    void check_events()
    {
        table folded;
        std::uint64_t previous = 0;
        bool whole = true;  // history reaches back to the beginning
        for (auto const& item : server_({"XRANGE", key("events"), "-", "+"}).items)
        {
            record_reader read{item.items.at(1).items.at(1).text};
            auto const id = read.number(number_width);
            auto const before = read.number(number_width);
            require(item.items[0].text == std::to_string(id) + "-0", "an event under another's id");
            require(id > before && (before == previous || previous == 0), "an event that does not follow the one before");
            whole = whole && (previous != 0 || before == 0);
            previous = id;
            while (whole && !read.at_end())
                fold(read, folded);
        }
        auto const last = server_({"GET", key("last")}).text;
        require(previous == 0 ? last.empty() : last == std::to_string(previous), "last is not the last event");
        require(!whole || folded == members(), "the events folded are not the members");
    }

    void fold(record_reader& read, table& folded)
    {
        auto const kind = read.bytes(1);
        auto const name = read.counted();
        auto const field = name + '\0' + read.bytes(session_width);
        require((kind == "+") != folded.contains(field), "a change that does not fit: " + kind + name);
        if (kind == "-")
        {
            folded.erase(field);
            return;
        }
        auto const joined_at = read.bytes(time_width);
        folded[field] = joined_at + read.counted();
    }

    table members() { return pairs(server_({"HGETALL", key("members")})); }

    resp_client& server_;
    std::string prefix_;
    strings& broken_;
    table leases_;
};

bool all_digits(std::string const& text)
{
    return text.find_first_not_of("0123456789") == std::string::npos;
}

// A key of a memoised result: its record or who generates it; it does not stay.
void check_memo(resp_client& server, std::string const& key, strings& broken)
{
    constexpr std::size_t header_width = number_width + 2 * time_width + 10;
    auto const record = server({"GET", key}).text;
    auto const life = server({"PTTL", key}).number;
    bool right = false;
    if (key.ends_with("}:v"))
        right = record.size() > header_width && all_digits(record.substr(0, header_width)) &&
                (record[header_width] == 'v' || record[header_width] == 'n');
    else if (key.ends_with("}:g"))
        right = record.size() == number_width + session_width && all_digits(record.substr(0, number_width));
    if (!right && life != -2)
        broken.push_back(key + " is not what it should be");
    if (life == -1)
        broken.push_back(key + " has no TTL");
}

}  // namespace

std::vector<std::string> broken_invariants(resp_client& server)
{
    strings broken;
    std::set<std::string> prefixes;
    for (auto const& key : server({"KEYS", "*"}).texts())
    {
        if (!key.starts_with("coterie:"))
            continue;
        if (key.starts_with("coterie:m:"))
        {
            check_memo(server, key, broken);
            continue;
        }
        auto const prefix = key.substr(0, key.find("}:") + 2);
        bool const persistent = key == prefix + "keep" || key.starts_with(prefix + "party:");
        auto const life = server({"PTTL", key}).number;
        if (life == -1 && !persistent)
            broken.push_back(key + " has no TTL");
        if (life >= 0 && persistent)
            broken.push_back(key + " has a TTL");
        prefixes.insert(prefix);
    }
    for (auto const& prefix : prefixes)
        if (prefix.starts_with("coterie:{"))
            group_check{server, prefix, broken}.run();
        else if (prefix.starts_with("coterie:p:"))
            std::ranges::move(broken_shard(server, prefix), std::back_inserter(broken));
    return broken;
}

}  // namespace coterie::test
