// Those who wait for locks, and what they were told.
#ifndef COTERIE_TEST_CONTRACT_WAITING_HPP
#define COTERIE_TEST_CONTRACT_WAITING_HPP

#include "../support/fixture.hpp"

namespace coterie::test {

inline store::acquire wish_for(strings names, store::lock_mode mode = store::lock_mode::exclusive, std::uint32_t limit = 0)
{
    store::acquire wish;
    wish.names = std::move(names);
    wish.mode = mode;
    wish.limit = limit;
    wish.wait = true;
    return wish;
}

inline store::acquire reading(std::string name)
{
    return wish_for({std::move(name)}, store::lock_mode::shared);
}

inline store::acquire permit(std::string name, std::uint32_t limit)
{
    return wish_for({std::move(name)}, store::lock_mode::permit, limit);
}

struct waiting_fixture : fixture
{
    // What `who` has been told of his last place by now, if the store tells what it has done at once.
    std::uint64_t told(session& who)
    {
        std::uint64_t fence = 0;
        run_until([&] {
            for (auto const& grant : c.grants)
                if (grant.session == who.id() && grant.place == who.last.place)
                    fence = grant.fence;
            return fence != 0;
        });
        return fence;
    }

    strings line(std::string const& name)
    {
        strings result;
        auto const seen = c.inspect(name);
        for (auto const& each : seen->waiters)
            result.push_back(each.wanted.session);
        return result;
    }
};

}  // namespace coterie::test

#endif
