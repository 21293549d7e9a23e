// What a process tells of itself while it runs, a line an event. Each line is one write to a file of its own, so that a process killed at
// any moment leaves whole lines.
#ifndef COTERIE_TEST_CHAOS_JOURNAL_HPP
#define COTERIE_TEST_CHAOS_JOURNAL_HPP

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace coterie::chaos {

using std::chrono::nanoseconds;

class journal
{
public:
    // No number: what is told goes nowhere.
    journal(std::filesystem::path const& folder, std::optional<int> process);
    ~journal();
    journal(journal const&) = delete;
    journal& operator=(journal const&) = delete;

    // CLOCK_BOOTTIME: the same for all processes of a machine, and the one the library measures leases with.
    static nanoseconds now();

    template <class... Args>
    void tell(fmt::format_string<Args...> text, Args&&... args)
    {
        tell_of(now(), text, std::forward<Args>(args)...);
    }

    // `when` was read before something was asked: the answer was right at that time or later, however long the process was stopped in between.
    template <class... Args>
    void tell_of(nanoseconds when, fmt::format_string<Args...> text, Args&&... args)
    {
        if (process_)
            write(fmt::format("{} {} {}\n", when.count(), *process_, fmt::format(text, std::forward<Args>(args)...)));
    }

private:
    void write(std::string const& line) const;

    std::optional<int> process_;
    int file_ = -1;
};

}  // namespace coterie::chaos

#endif
