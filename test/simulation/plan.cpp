#include "plan.hpp"

#include <array>

namespace coterie::simulation {

using fault = testing::request_fault::kind;
using push_fault = testing::push_fault::kind;

plan make_plan(std::uint64_t seed)
{
    plan result;
    result.pushes = (seed & 1) != 0;
    result.network = (seed & 2) != 0;
    result.crashes = (seed & 4) != 0;
    result.data = (seed & 24) == 8;
    result.force = (seed & 24) == 16;
    result.own_names = (seed & 32) != 0 || result.calm();
    return result;
}

void disturb(world& all, plan const& planned, bool const& now)
{
    all.server.on_push([&](testing::push const&) {
        testing::push_fault what;
        if (!now || !planned.pushes)
            return what;
        what.what = all.one_in(4) ? push_fault::drop : all.one_in(8) ? push_fault::duplicate : push_fault::none;
        what.delay = all.one_in(6) ? all.up_to(900ms) : 0ms;
        return what;
    });
    all.server.on_request([&](testing::request const&) {
        testing::request_fault what;
        if (!now || !planned.network)
            return what;
        if (all.one_in(60))
        {
            constexpr std::array kinds{fault::drop_before, fault::drop_after, fault::disconnect_before, fault::disconnect_after};
            what.what = kinds[all.below(kinds.size())];
        }
        what.delay = all.one_in(10) ? all.up_to(600ms) : 0ms;
        return what;
    });
}

}  // namespace coterie::simulation
