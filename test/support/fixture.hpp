// The usual fixture of a contract test: a bench and one client on it.
#ifndef COTERIE_TEST_SUPPORT_FIXTURE_HPP
#define COTERIE_TEST_SUPPORT_FIXTURE_HPP

#include "session.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace coterie::test {

using strings = std::vector<std::string>;
using session_ids = std::vector<store::session_id>;

struct fixture : bench
{
    client c{*this};
};

// "+a=1", "*a=2", "-a": a change without its session and time.
inline std::string text(core::change const& change)
{
    auto result = static_cast<char>(change.kind) + change.member.name;
    if (change.kind != core::change_kind::left)
        result += "=" + change.member.value;
    return result;
}

inline strings texts(core::event const& event)
{
    strings result;
    for (auto const& change : event.changes)
        result.push_back(text(change));
    return result;
}

}  // namespace coterie::test

#endif
