#include "programs.hpp"

namespace coterie::simulation {

std::vector<program> const& programs()
{
    static std::vector<program> const all{
        {"locks", run_locks},
        {"members", run_members},
        {"presence", run_presence},
        {"memo", run_memo},
    };
    return all;
}

}  // namespace coterie::simulation
