#include "costs.hpp"

#include <sys/resource.h>

#include <cstdlib>

namespace coterie::benchmarks {
namespace {

double microseconds(timeval const& time)
{
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

}  // namespace

costs cost_meter::read()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    auto const server = (info("used_cpu_user") + info("used_cpu_sys")) * 1e6;
    return {microseconds(used.ru_utime) + microseconds(used.ru_stime), server, now()};
}

double cost_meter::info(std::string_view field, std::string_view part)
{
    auto const all = server_.ask({"INFO", "ALL"});
    auto at = all.find(fmt::format("\n{}:", field));
    if (at == all.npos)
        return 0;
    at += field.size() + 2;
    if (!part.empty())
        at = all.find(fmt::format("{}=", part), at) + part.size() + 1;
    return std::strtod(all.c_str() + at, nullptr);
}

}  // namespace coterie::benchmarks
