#include "leftovers.hpp"

#include "settings.hpp"

#include "test/checkers/violation.hpp"
#include "test/support/invariants.hpp"
#include "test/support/resp_client.hpp"
#include "test/support/test_store.hpp"

#include <thread>

namespace coterie::chaos {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

// How long a key may stay after all have closed: docs/operations.md, "Keys"; docs/protocol.md, "Presence".
static milliseconds most_life(std::string const& key)
{
    if (key.ends_with(":fence"))
        return 24h;
    for (auto const* each : {":events", ":last", ":epoch"})
        if (key.ends_with(each))
            return 1min + ttl;
    if (key.starts_with("coterie:p:"))
        return 1min + presence_ttl + presence_settings({}).forget;
    return 0ms;  // but of results, and of locks with a lease of their own, until their time is over
}

void require_nothing_is_left(std::string const& socket)
{
    test::resp_client eyes{socket};
    auto const limit = steady::now() + 10s * test::slowdown();
    std::string left;
    do
    {
        std::this_thread::sleep_for(100ms);
        left.clear();
        for (auto const& key : eyes({"KEYS", "*"}).texts())
            if (milliseconds const life{eyes({"PTTL", key}).number}; life != -2ms && (life < 0ms || life > most_life(key)))
                left += "\n  left behind: " + key;
    } while (!left.empty() && steady::now() < limit);
    for (auto const& each : test::broken_invariants(eyes))
        left += "\n  " + each;
    if (!left.empty())
        throw checkers::violation{"when all have closed, the server has what it should not:" + left};
}

}  // namespace coterie::chaos
