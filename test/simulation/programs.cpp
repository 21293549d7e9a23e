#include "programs.hpp"

namespace coterie::simulation {

std::vector<program> const& programs()
{
    static std::vector<program> const all{
        {"locks", run_locks}, {"members", run_members}, {"data", run_data}, {"presence", run_presence}, {"memo", run_memo},
    };
    return all;
}

}  // namespace coterie::simulation
