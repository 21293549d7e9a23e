// One session of a client, and the operations in its name.
#ifndef COTERIE_TEST_SUPPORT_SESSION_HPP
#define COTERIE_TEST_SUPPORT_SESSION_HPP

#include "client.hpp"

#include <string>
#include <vector>

namespace coterie::test {

using entries = std::vector<store::join::entry>;

// Of no session that exists, and 16 characters long as every other.
store::session_id new_session_id();

class session
{
public:
    static constexpr milliseconds long_life{60'000};

    // Opens it.
    explicit session(client&, milliseconds ttl = long_life);

    // Names it: nothing is sent.
    session(client&, store::caller);

    outcome<store::open> open(milliseconds ttl = long_life, std::uint64_t fence_floor = 0);
    outcome<store::open> resume(milliseconds ttl = long_life);  // under the generation of `who`
    outcome<store::beat> beat(milliseconds ttl = long_life, bool touch = false);
    outcome<store::join> join(std::string name, std::string value = {});
    outcome<store::join> join(entries, bool update_only = false);
    outcome<store::leave> leave(std::vector<std::string> names);
    outcome<store::lock> lock(std::string name, std::string owner = "owner");
    outcome<store::acquire> take(std::string name, milliseconds term);  // in a new place, without waiting
    outcome<store::acquire> acquire(store::acquire wish);               // in a new place, if it names none
    outcome<store::acquire> ask_again();                                // in the last place
    outcome<store::withdraw> withdraw(std::uint64_t place = 0);         // the last one, if it names none
    outcome<store::verify> verify(std::vector<store::claim>);
    outcome<store::put> put(std::string path, std::string value, bool if_absent = false);
    outcome<store::put> put_for(milliseconds term, std::string path, std::string value, bool if_absent = false);
    outcome<store::put> put_forever(std::string path, std::string value, bool if_absent = false);
    outcome<store::erase> erase(std::string path);  // as its own
    outcome<store::close> close();

    // What the store has down as hanging on it (`held`), sorted; a NUL as a blank.
    std::vector<std::string> attachments();

    // The whole inventory in words, sorted: "m NAME", "k LOCK OWNER" and "w PLACE"; nothing on an error.
    std::vector<std::string> inventory(std::uint32_t limit = 1000);

    // What it holds, if it was granted this fence.
    store::claim claim(std::string name, std::uint64_t fence, std::string owner = "owner") const;
    store::claim claim(store::acquire const& granted, std::uint64_t fence) const;
    store::claim fixed_claim(std::string name, std::uint64_t fence) const;  // of the last take()

    // Lets its lease end: as if its process had been killed a while ago.
    void die();

    store::session_id const& id() const { return who.session; }

    store::caller who;
    store::acquire last;  // what acquire() and take() asked for

private:
    client& client_;
    std::uint64_t places_ = 0;
};

}  // namespace coterie::test

#endif
