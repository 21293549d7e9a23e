#include "history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace coterie::chaos {

history::history(std::filesystem::path const& folder)
{
    for (auto const& file : std::filesystem::directory_iterator{folder})
    {
        if (file.path().extension() != ".journal")
            continue;
        std::ifstream from{file.path()};
        nanoseconds::rep time = 0;
        entry one;
        while (from >> time >> one.process && from.get() == ' ' && std::getline(from, one.text))
        {
            one.time = nanoseconds{time};
            entries_.push_back(one);
        }
    }
    std::ranges::stable_sort(entries_, {}, &entry::time);
}

std::string history::line(entry const& one) const
{
    auto const since = std::chrono::duration<double>(one.time - entries_.front().time).count();
    return fmt::format("{:>12.6f}  {:>3}  {}\n", since, one.process, one.text);
}

std::string history::around(std::size_t index) const
{
    constexpr std::size_t before = 40;
    constexpr std::size_t after = 10;
    std::string result;
    for (auto i = index - std::min(before, index); i < std::min(index + after, entries_.size()); ++i)
        result += (i == index ? "->" : "  ") + line(entries_[i]);
    return result;
}

void history::save(std::filesystem::path const& path) const
{
    std::ofstream to{path};
    for (auto const& one : entries_)
        to << line(one);
}

}  // namespace coterie::chaos
